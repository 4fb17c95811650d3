import type { BlockTree } from '../../../events/block-tree.js';
import type { Tip } from '../../state/tips.js';
import { blockLabel } from '../../text.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';

/** Names in one row; of more nodes the number is told. */
const MAX_NAMES = 8;

/** Which nodes stand where. */
export function TipTable({ tips, tree }: { readonly tips: readonly Tip[]; readonly tree: BlockTree }) {
  const best = tips[0]?.height ?? 0;
  return (
    <section class="panel" aria-labelledby="tips-title">
      <h2 id="tips-title">Tips</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Block</th>
            <th scope="col" class="number">
              Height
            </th>
            <th scope="col" class="number">
              Behind
            </th>
            <th scope="col">Nodes</th>
          </tr>
        </thead>
        <tbody>
          {tips.map(({ hash, height, nodes }) => (
            <tr key={hash}>
              <td>
                <a class="hash" href={hrefOf({ view: 'block', id: hash })}>
                  …{blockLabel(hash)}
                </a>
                {tree.get(hash)?.isPrivate === true && <span class="tag warn">private</span>}
              </td>
              <td class="number">{height}</td>
              <td class="number">{best - height}</td>
              <td>
                {nodes.slice(0, MAX_NAMES).map(({ index, name }) => (
                  <NodeName key={index} index={index} name={name} />
                ))}
                {nodes.length > MAX_NAMES && <small> and {nodes.length - MAX_NAMES} more</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
