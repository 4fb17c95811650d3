import { useCallback, useMemo } from 'preact/hooks';
import { loadPool, type NextBlock, type Pool, type PooledTransaction } from '../../api/mempool.js';
import { count, feeRate, percent, plural, satoshis, shortHash, timeOfDay } from '../../text.js';
import { useLab, usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { NodeSelect } from '../../ui/node-select.js';
import { goTo, hrefOf } from '../../ui/router.js';
import { usePolled } from '../../ui/use-polled.js';
import { type Column, VirtualTable } from '../../ui/virtual-table.js';
import { feerateBins } from './feerate-bins.js';
import { FeerateChart } from './feerate-chart.js';

const EMPTY: Pool = { transactions: [], next: undefined };

/** What waits in a node's mempool, and what of it would be in the next block. */
export function MempoolView({ index }: { readonly index: number }) {
  const { api } = usePage();
  const state = useLab('nodes');
  const load = useCallback(async () => (api === undefined ? EMPTY : loadPool(api, index)), [api, index]);
  const { value, error } = usePolled(load, ['mempool', 'tree']);
  const pool = value ?? EMPTY;
  const bins = useMemo(() => feerateBins(pool.transactions), [pool]);
  const vbytes = pool.transactions.reduce((sum, { vsize }) => sum + vsize, 0);
  return (
    <>
      <Heading title="Mempool">
        <NodeSelect nodes={state.nodes} value={index} onChange={node => goTo({ view: 'mempool', node })} />
        <p class="lead">
          {plural(pool.transactions.length, 'transaction')}, {count(vbytes)} vB
        </p>
        {api === undefined && <p class="note">A recording holds no mempools to look into.</p>}
        {error !== undefined && (
          <p class="outcome error" role="alert">
            {error}
          </p>
        )}
      </Heading>
      <div class="columns mempool-top">
        <section class="panel" aria-labelledby="fees-title">
          <h2 id="fees-title">Feerates</h2>
          {bins.length === 0 ? <p class="note">The mempool is empty.</p> : <FeerateChart bins={bins} />}
        </section>
        <section class="panel" aria-labelledby="next-title">
          <h2 id="next-title">Next block</h2>
          {pool.next === undefined ? <p class="note">Not known.</p> : <Next next={pool.next} pool={pool} />}
        </section>
      </div>
      <section class="panel fill" aria-labelledby="waiting-title">
        <h2 id="waiting-title">Waiting</h2>
        <Waiting pool={pool} />
      </section>
    </>
  );
}

function Next({ next, pool }: { readonly next: NextBlock; readonly pool: Pool }) {
  const chosen = pool.transactions.filter(({ txid }) => next.txids.has(txid));
  const lowest = chosen.at(-1);
  return (
    <>
      <dl class="facts">
        <dt>Height</dt>
        <dd>{count(next.height)}</dd>
        <dt>Transactions</dt>
        <dd>
          {count(next.txids.size)} of {count(pool.transactions.length)}
        </dd>
        <dt>Fees</dt>
        <dd>{satoshis(next.fees)}</dd>
        <dt>Lowest rate</dt>
        <dd>{lowest === undefined ? '–' : feeRate(lowest.rate)}</dd>
        <dt>Full to</dt>
        <dd>
          {percent(next.weight / next.weightLimit)} <small>{count(next.weight)} weight units</small>
        </dd>
      </dl>
      <meter min={0} max={1} value={next.weight / next.weightLimit} aria-label="How full the next block is" />
    </>
  );
}

const COLUMNS: readonly Column[] = [
  { title: 'Transaction', width: '18em' },
  { title: 'Fee rate', isNumber: true },
  { title: 'Fee', isNumber: true },
  { title: 'Size', isNumber: true },
  { title: 'Ancestors', isNumber: true },
  { title: 'Descendants', isNumber: true },
  { title: 'Came' },
  { title: 'Next block' },
];

function Waiting({ pool }: { readonly pool: Pool }) {
  return (
    <VirtualTable
      label="Transactions in the mempool, the best paying first"
      rows={pool.transactions}
      rowHeight={26}
      columns={COLUMNS}
      keyOf={({ txid }) => txid}
      cells={transaction => (
        <Cells transaction={transaction} isNext={pool.next?.txids.has(transaction.txid) === true} />
      )}
    />
  );
}

function Cells({
  transaction,
  isNext,
}: {
  readonly transaction: PooledTransaction;
  readonly isNext: boolean;
}) {
  const { txid, rate, fee, vsize, ancestors, descendants, time } = transaction;
  return (
    <>
      <td>
        <a class="hash" href={hrefOf({ view: 'tx', id: txid })}>
          {shortHash(txid, 16, 8)}
        </a>
      </td>
      <td class="number">{feeRate(rate)}</td>
      <td class="number">{count(fee)} sat</td>
      <td class="number">{count(vsize)} vB</td>
      <td class="number">{ancestors}</td>
      <td class="number">{descendants}</td>
      <td>{timeOfDay(time)}</td>
      <td>{isNext ? <span class="tag good">in it</span> : <small>waits</small>}</td>
    </>
  );
}
