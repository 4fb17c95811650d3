import { useState } from 'preact/hooks';
import type { LabEvent } from '../../../events/lab-event.js';
import type { LabState } from '../../state/lab-state.js';
import { count, sinceStart } from '../../text.js';
import { usePage, useSlowLab } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';
import { type Column, VirtualTable } from '../../ui/virtual-table.js';
import { EVENT_GROUPS, type EventGroup, eventName, eventText, groupOf, subjectOf } from './event-text.js';
import { RecordingPanel } from './recording-panel.js';

/** What is shown of the events. */
interface Filter {
  readonly groups: ReadonlySet<EventGroup>;
  /** Of one node, or of all. */
  readonly node: number | undefined;
  readonly text: string;
}

const ALL: Filter = {
  groups: new Set(EVENT_GROUPS.map(({ group }) => group)),
  node: undefined,
  text: '',
};

/** A busy lab fills the whole list in less. */
const LEAST_BETWEEN_LISTS_MS = 1_000;

/** Everything that happened, in order; and recordings of it. */
export function TimeView() {
  const { store } = usePage();
  const state = useSlowLab(LEAST_BETWEEN_LISTS_MS, 'events');
  const [filter, setFilter] = useState(ALL);
  const [held, setHeld] = useState<readonly LabEvent[] | undefined>(undefined);
  const { replay } = store;
  const events = held ?? (replay === undefined ? state.events.toArray() : replay.recent());
  const shown = events.filter(event => passes(event, filter)).reverse();
  return (
    <>
      <Heading title="Time line">
        <p class="lead">
          {count(shown.length)} of the last {count(events.length)} events, {sinceStart(state.atMs)} since the
          start
        </p>
        <button
          type="button"
          class="end"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held === undefined ? events : undefined)}
        >
          {held === undefined ? 'Hold the list' : 'Let it go on'}
        </button>
      </Heading>
      <div class="columns with-side fill">
        <section class="panel fill single events" aria-label="Events">
          <VirtualTable
            label="Events, the newest first"
            rows={shown}
            rowHeight={25}
            columns={COLUMNS}
            keyOf={({ seq }) => seq}
            cells={event => <Cells event={event} state={state} />}
          />
        </section>
        <div class="side">
          <FilterPanel filter={filter} state={state} onFilter={setFilter} />
          <RecordingPanel />
        </div>
      </div>
    </>
  );
}

function passes(event: LabEvent, { groups, node, text }: Filter): boolean {
  if (!groups.has(groupOf(event))) return false;
  if (node !== undefined && 'node' in event && event.node !== node) return false;
  return text === '' || JSON.stringify(event).toLowerCase().includes(text.toLowerCase());
}

const COLUMNS: readonly Column[] = [
  { title: 'No.', width: '5em', isNumber: true },
  { title: 'At', width: '6em', isNumber: true },
  { title: 'Node', width: '9em' },
  { title: 'Event', width: '14em' },
  { title: 'What' },
];

function Cells({ event, state }: { readonly event: LabEvent; readonly state: LabState }) {
  const subject = subjectOf(event);
  const nameOf = (node: number) => state.nodes[node]?.name ?? `node${node}`;
  const text = eventText(event, nameOf);
  return (
    <>
      <td class="number">{event.seq}</td>
      <td class="number">{sinceStart(event.atMs)}</td>
      <td>
        {'node' in event ? <NodeName index={event.node} name={nameOf(event.node)} /> : <small>lab</small>}
      </td>
      <td>
        <span class={`kind kind-${groupOf(event)}`}>{eventName(event)}</span>
      </td>
      <td>{subject === undefined ? text : <a href={hrefOf(subject)}>{text}</a>}</td>
    </>
  );
}

function FilterPanel({
  filter,
  state,
  onFilter,
}: {
  readonly filter: Filter;
  readonly state: LabState;
  readonly onFilter: (filter: Filter) => void;
}) {
  const toggle = (group: EventGroup): void => {
    const groups = new Set(filter.groups);
    if (!groups.delete(group)) groups.add(group);
    onFilter({ ...filter, groups });
  };
  return (
    <section class="panel" aria-labelledby="filter-title">
      <h2 id="filter-title">Show</h2>
      <fieldset class="choices two">
        <legend class="hidden">Kinds of events</legend>
        {EVENT_GROUPS.map(({ group, title }) => (
          <label key={group}>
            <input type="checkbox" checked={filter.groups.has(group)} onChange={() => toggle(group)} />
            <span class={`kind kind-${group}`}>{title}</span>
          </label>
        ))}
      </fieldset>
      <label>
        Node
        <select
          value={filter.node ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ ...filter, node: value === '' ? undefined : Number(value) })
          }
        >
          <option value="">all of them</option>
          {state.nodes.map(({ index, name }) => (
            <option key={index} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Holding this text
        <input
          type="search"
          value={filter.text}
          placeholder="hash, txid, name"
          onInput={event => onFilter({ ...filter, text: event.currentTarget.value.trim() })}
        />
      </label>
    </section>
  );
}
