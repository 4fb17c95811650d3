import { describeEvent } from '../../../events/describe.js';
import type { LabEvent } from '../../../events/lab-event.js';

/** What events are grouped by in the filters. */
export type EventGroup = 'blocks' | 'tips' | 'transactions' | 'network' | 'lab' | 'attack';

export const EVENT_GROUPS: readonly { readonly group: EventGroup; readonly title: string }[] = [
  { group: 'blocks', title: 'Blocks' },
  { group: 'tips', title: 'Tips' },
  { group: 'transactions', title: 'Transactions' },
  { group: 'network', title: 'Network' },
  { group: 'lab', title: 'Lab' },
  { group: 'attack', title: 'Attack' },
];

const GROUP_OF: Readonly<Record<LabEvent['type'], EventGroup>> = {
  blockFound: 'blocks',
  blockStored: 'blocks',
  blockAnnounced: 'blocks',
  blockConnected: 'tips',
  blockDisconnected: 'tips',
  tip: 'tips',
  txAdded: 'transactions',
  txRemoved: 'transactions',
  lost: 'network',
  peer: 'network',
  link: 'network',
  node: 'network',
  snapshot: 'lab',
  revert: 'lab',
  clock: 'lab',
  mining: 'lab',
  attack: 'attack',
};

export function groupOf(event: LabEvent): EventGroup {
  return GROUP_OF[event.type];
}

/** A short name for what happened. */
export function eventName({ type }: LabEvent): string {
  return type.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

/** What happened; of a node's event without the node, which stands beside it. */
export function eventText(event: LabEvent, nameOf: (node: number) => string): string {
  return 'node' in event ? describeEvent(event, () => '').trimStart() : describeEvent(event, nameOf);
}

/** What leads to more about an event; undefined when nothing does. */
export function subjectOf(
  event: LabEvent,
): { readonly view: 'block' | 'tx'; readonly id: string } | undefined {
  if ('hash' in event) return { view: 'block', id: event.hash };
  return 'txid' in event ? { view: 'tx', id: event.txid } : undefined;
}
