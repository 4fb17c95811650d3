import { useCallback } from 'preact/hooks';
import { type Block, loadBlock } from '../../api/explorer.js';
import { bitcoins, blockLabel, bytes, count, plural, utc } from '../../text.js';
import { useLab, usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { Loaded } from '../../ui/loaded.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';
import { usePolled } from '../../ui/use-polled.js';
import { TransactionRow } from './transaction-row.js';

/** Transactions of a block that are shown; a full one has thousands. */
const MAX_SHOWN = 200;

/** One block, as a node that has it tells it. */
export function BlockView({ hash }: { readonly hash: string }) {
  const { api, store } = usePage();
  const load = useCallback(
    async () => (api === undefined ? undefined : loadBlock(api, store.state, hash)),
    [api, store, hash],
  );
  const polled = usePolled(load, ['tree']);
  const known = store.state.tree.get(hash);
  const height = polled.value?.height ?? known?.height;
  return (
    <>
      <Heading title={height === undefined ? `Block …${blockLabel(hash)}` : `Block ${height}`}>
        <Where hash={hash} confirmations={polled.value?.confirmations} />
      </Heading>
      <Loaded polled={polled} missing="No running node has this block.">
        {block => <BlockPage block={block} />}
      </Loaded>
    </>
  );
}

function Where({
  hash,
  confirmations,
}: {
  readonly hash: string;
  readonly confirmations: number | undefined;
}) {
  const state = useLab('tree');
  const known = state.tree.get(hash);
  return (
    <>
      {known?.isPrivate === true && <span class="tag warn">private</span>}
      {confirmations !== undefined &&
        (confirmations < 0 ? (
          <span class="tag">not in the chain</span>
        ) : (
          <span class="tag good">{plural(confirmations, 'confirmation')}</span>
        ))}
    </>
  );
}

function BlockPage({ block }: { readonly block: Block }) {
  const { transactions } = block;
  return (
    <div class="columns explorer">
      <section class="panel" aria-label="Header">
        <Header block={block} />
      </section>
      <section class="panel scroll" aria-labelledby="block-txs">
        <h2 id="block-txs">{plural(transactions.length, 'transaction')}</h2>
        {transactions.slice(0, MAX_SHOWN).map(transaction => (
          <TransactionRow key={transaction.txid} transaction={transaction} />
        ))}
        {transactions.length > MAX_SHOWN && (
          <p class="note">and {plural(transactions.length - MAX_SHOWN, 'more transaction')}</p>
        )}
      </section>
    </div>
  );
}

function Header({ block }: { readonly block: Block }) {
  const state = useLab('tree', 'nodes');
  const known = state.tree.get(block.hash);
  const nameOf = (index: number) => state.nodes[index]?.name ?? `node${index}`;
  const reward = block.transactions[0]?.outputs.reduce((sum, { value }) => sum + value, 0) ?? 0;
  return (
    <dl class="facts">
      <dt>Hash</dt>
      <dd class="hash wrap">{block.hash}</dd>
      <dt>Parent</dt>
      <dd>
        <BlockLink hash={block.parent} />
      </dd>
      <dt>Next</dt>
      <dd>
        <BlockLink hash={block.next} />
      </dd>
      <dt>Found by</dt>
      <dd>
        {known?.finder === undefined ? '–' : <NodeName index={known.finder} name={nameOf(known.finder)} />}
      </dd>
      <dt>Seen by</dt>
      <dd class="names">
        {[...(known?.seenBy ?? [])]
          .sort((a, b) => a - b)
          .map(index => (
            <NodeName key={index} index={index} name={nameOf(index)} />
          ))}
      </dd>
      <dt>Time</dt>
      <dd>
        {utc(block.time)} <small>median of the last eleven: {utc(block.medianTime)}</small>
      </dd>
      <dt>Size</dt>
      <dd>
        {bytes(block.size)} <small>{count(block.weight)} weight units</small>
      </dd>
      <dt>Reward</dt>
      <dd>{bitcoins(reward)}</dd>
      <dt>Version</dt>
      <dd class="hash">{block.version}</dd>
      <dt>Bits</dt>
      <dd class="hash">{block.bits}</dd>
      <dt>Nonce</dt>
      <dd class="hash">{block.nonce}</dd>
      <dt>Merkle root</dt>
      <dd class="hash wrap">{block.merkleRoot}</dd>
      <dt>Told by</dt>
      <dd>
        <NodeName index={block.node} name={nameOf(block.node)} />
      </dd>
    </dl>
  );
}

function BlockLink({ hash }: { readonly hash: string | undefined }) {
  if (hash === undefined) return <>–</>;
  return (
    <a class="hash wrap" href={hrefOf({ view: 'block', id: hash })}>
      {hash}
    </a>
  );
}
