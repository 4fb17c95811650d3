import { isPerfect, type LabState, linkKey } from '../../state/lab-state.js';
import { plural } from '../../text.js';
import { conditionsText } from './link-text.js';

/** Rows; with more links only those that something ails are listed, and of them the first. */
const MAX_ROWS = 60;

/** Links in words, to be chosen from. */
export function LinkTable({
  state,
  onLink,
}: {
  readonly state: LabState;
  readonly onLink: (nodes: readonly [number, number]) => void;
}) {
  const all = [...state.links.values()];
  const listed = all.length <= MAX_ROWS ? all : all.filter(link => !isPerfect(link) || !link.connected);
  const hidden = all.length - Math.min(listed.length, MAX_ROWS);
  const name = (index: number) => state.nodes[index]?.name ?? `node${index}`;
  return (
    <section class="panel scroll" aria-labelledby="links-title">
      <h2 id="links-title">Links</h2>
      <ul class="list dense">
        {listed.slice(0, MAX_ROWS).map(link => (
          <li key={linkKey(...link.nodes)}>
            <button type="button" class="quiet grow" onClick={() => onLink(link.nodes)}>
              <span>
                {name(link.nodes[0])} – {name(link.nodes[1])}
              </span>
              <small class={isPerfect(link) && link.connected ? '' : 'warn'}>{conditionsText(link)}</small>
            </button>
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <p class="note">{plural(hidden, 'more link')} that nothing ails; select two nodes to set one.</p>
      )}
    </section>
  );
}
