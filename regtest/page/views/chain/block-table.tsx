import type { TreeBlock } from '../../../events/block-tree.js';
import type { LabState } from '../../state/lab-state.js';
import { blockLabel, bytes, timeOfDay } from '../../text.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';

interface BlockTableProps {
  /** The lowest first. */
  readonly blocks: readonly TreeBlock[];
  readonly state: LabState;
  readonly main: string | undefined;
}

/** The tree's upper part in words. */
export function BlockTable({ blocks, state, main }: BlockTableProps) {
  const chain = main === undefined ? new Set<string>() : state.tree.branch(main, blocks[0]?.height ?? 0);
  return (
    <section class="panel scroll" aria-labelledby="blocks-title">
      <h2 id="blocks-title">Latest blocks</h2>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              Height
            </th>
            <th scope="col">Hash</th>
            <th scope="col">Parent</th>
            <th scope="col">Found by</th>
            <th scope="col">Time</th>
            <th scope="col" class="number">
              Tx
            </th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {[...blocks].reverse().map(block => (
            <tr key={block.hash} class={chain.has(block.hash) ? '' : 'off-chain'}>
              <td class="number">{block.height}</td>
              <td>
                <a class="hash" href={hrefOf({ view: 'block', id: block.hash })}>
                  …{blockLabel(block.hash)}
                </a>
              </td>
              <td class="hash">…{blockLabel(block.parent)}</td>
              <td>
                {block.finder === undefined ? (
                  '–'
                ) : (
                  <NodeName
                    index={block.finder}
                    name={state.nodes[block.finder]?.name ?? `node${block.finder}`}
                  />
                )}
              </td>
              <td>{timeOfDay(block.time)}</td>
              <td class="number">{block.txs}</td>
              <td class="number">{bytes(block.bytes)}</td>
              <td>{place(block, chain)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function place(block: TreeBlock, chain: ReadonlySet<string>) {
  if (block.isPrivate) return <span class="tag warn">private</span>;
  return chain.has(block.hash) ? 'chain' : <span class="tag">fork</span>;
}
