import type { AttackOutcome } from '../../../attacks/attack-outcome.js';
import type { AttackStory } from '../../state/attack-story.js';
import { blockLabel } from '../../text.js';
import { useLab } from '../../ui/context.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';

interface NodesTableProps {
  readonly story: AttackStory;
  readonly outcome: AttackOutcome | undefined;
}

/** Who is who, where everybody stands, and in the end what it did to them. */
export function NodesTable({ story, outcome }: NodesTableProps) {
  const state = useLab('nodes');
  return (
    <section class="panel scroll" aria-labelledby="roles-title">
      <h2 id="roles-title">Nodes</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Role</th>
            <th scope="col" class="number">
              Height
            </th>
            <th scope="col">Tip</th>
            <th scope="col" class="number">
              Blocks undone
            </th>
            <th scope="col">Payment</th>
            <th scope="col">Conflict</th>
          </tr>
        </thead>
        <tbody>
          {story.roles.map(({ node, name, role }) => {
            const known = state.nodes[node];
            const told = outcome?.nodes.find(other => other.node === node);
            return (
              <tr key={node}>
                <td>
                  <NodeName index={node} name={name} />
                </td>
                <td>{role}</td>
                <td class="number">{known?.height ?? '–'}</td>
                <td>
                  {known === undefined || known.tip === '' ? (
                    '–'
                  ) : (
                    <a class="hash" href={hrefOf({ view: 'block', id: known.tip })}>
                      …{blockLabel(known.tip)}
                    </a>
                  )}
                </td>
                <td class="number">{told?.disconnected ?? '–'}</td>
                <td>{told?.payment ?? '–'}</td>
                <td>{told?.conflict ?? '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
