import { useCallback } from 'preact/hooks';
import { loadTransaction, MAX_SEARCHED_BLOCKS, type Transaction } from '../../api/explorer.js';
import { bitcoins, count, feeRate, plural } from '../../text.js';
import { usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { Loaded } from '../../ui/loaded.js';
import { hrefOf } from '../../ui/router.js';
import { usePolled } from '../../ui/use-polled.js';
import { Life } from './life.js';
import { Flow } from './transaction-row.js';

/** One transaction: what it moves, and what became of it at every node. */
export function TransactionView({ txid }: { readonly txid: string }) {
  const { api, store } = usePage();
  const load = useCallback(
    async () => (api === undefined ? undefined : loadTransaction(api, store.state, txid)),
    [api, store, txid],
  );
  const polled = usePolled(load, ['tree']);
  return (
    <>
      <Heading title="Transaction">
        <span class="hash wrap">{txid}</span>
      </Heading>
      <div class="columns explorer">
        <section class="panel" aria-label="What it moves">
          <Loaded
            polled={polled}
            missing={`It is in no mempool, and not in the last ${MAX_SEARCHED_BLOCKS} blocks.`}
          >
            {transaction => <Facts transaction={transaction} />}
          </Loaded>
        </section>
        <section class="panel scroll" aria-labelledby="life-title">
          <h2 id="life-title">Its life</h2>
          <Life txid={txid} />
        </section>
      </div>
    </>
  );
}

function Facts({ transaction }: { readonly transaction: Transaction }) {
  const { block, fee, vsize, outputs } = transaction;
  return (
    <>
      <dl class="facts">
        <dt>Where</dt>
        <dd>
          {block === undefined ? (
            <span class="tag warn">in a mempool</span>
          ) : (
            <>
              <span class={`tag ${block.confirmations > 0 ? 'good' : ''}`}>
                {block.confirmations > 0 ? plural(block.confirmations, 'confirmation') : 'in no chain'}
              </span>{' '}
              <a class="hash wrap" href={hrefOf({ view: 'block', id: block.hash })}>
                {block.hash}
              </a>
            </>
          )}
        </dd>
        <dt>Moves</dt>
        <dd>{bitcoins(outputs.reduce((sum, { value }) => sum + value, 0))}</dd>
        <dt>Fee</dt>
        <dd>{fee === undefined ? '–' : `${bitcoins(fee)}, ${feeRate((fee * 1e8) / vsize)}`}</dd>
        <dt>Size</dt>
        <dd>{count(vsize)} vB</dd>
      </dl>
      <Flow transaction={transaction} />
    </>
  );
}
