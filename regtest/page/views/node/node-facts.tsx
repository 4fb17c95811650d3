import type { LabState, NodeState } from '../../state/lab-state.js';
import { bitcoins, blockLabel, count } from '../../text.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';

/** What is known of a node. */
export function NodeFacts({
  node,
  mempool,
  state,
}: {
  readonly node: NodeState;
  readonly mempool: number;
  readonly state: LabState;
}) {
  const { trusted, pending, immature } = node.balance;
  return (
    <section class="panel" aria-label={`What is known of ${node.name}`}>
      <dl class="facts">
        <dt>Tip</dt>
        <dd>
          {node.tip === '' ? (
            '–'
          ) : (
            <>
              {node.height}{' '}
              <a class="hash" href={hrefOf({ view: 'block', id: node.tip })}>
                …{blockLabel(node.tip)}
              </a>
            </>
          )}
        </dd>
        <dt>Balance</dt>
        <dd>
          {node.address === '' ? '–' : bitcoins(trusted)}
          <small>
            {pending > 0 && `${bitcoins(pending)} unconfirmed `}
            {immature > 0 && `${bitcoins(immature)} immature`}
          </small>
        </dd>
        <dt>Mempool</dt>
        <dd>
          <a href={hrefOf({ view: 'mempool', node: node.index })}>{count(mempool)} transactions</a>
        </dd>
        <dt>Address</dt>
        <dd>
          {node.address === '' ? (
            '–'
          ) : (
            <a class="hash wrap" href={hrefOf({ view: 'address', id: node.address })}>
              {node.address}
            </a>
          )}
        </dd>
        <dt>Peers</dt>
        <dd>
          <Peers node={node} state={state} />
        </dd>
        {node.rpcUrl !== undefined && (
          <>
            <dt>RPC</dt>
            <dd class="hash wrap">{node.rpcUrl}</dd>
          </>
        )}
        <dt>P2P</dt>
        <dd class="hash wrap">
          {node.p2p === '' ? '–' : node.p2p}
          {node.pid !== undefined && <small>process {node.pid}</small>}
        </dd>
      </dl>
    </section>
  );
}

function Peers({ node, state }: { readonly node: NodeState; readonly state: LabState }) {
  if (node.peers.size === 0) return <>none</>;
  return (
    <span class="names">
      {[...node.peers].map(peer => {
        const index = state.indexOf(peer);
        return index === undefined ? (
          <span key={peer}>{peer}</span>
        ) : (
          <NodeName key={peer} index={index} name={peer} />
        );
      })}
    </span>
  );
}
