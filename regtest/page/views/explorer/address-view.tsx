import { useCallback } from 'preact/hooks';
import { type AddressHistory, loadAddress } from '../../api/explorer.js';
import { bitcoins, plural, shortHash } from '../../text.js';
import { usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { Loaded } from '../../ui/loaded.js';
import { hrefOf } from '../../ui/router.js';
import { usePolled } from '../../ui/use-polled.js';

/** Rows of either list. */
const MAX_ROWS = 200;

/** What an address holds, and what came and went lately. */
export function AddressView({ address }: { readonly address: string }) {
  const { api, store } = usePage();
  const load = useCallback(
    async () => (api === undefined ? undefined : loadAddress(api, store.state, address)),
    [api, store, address],
  );
  const polled = usePolled(load, ['tree']);
  return (
    <>
      <Heading title="Address">
        <span class="hash wrap">{address}</span>
      </Heading>
      <Loaded polled={polled} missing="No node is running that could be asked.">
        {history => <History history={history} />}
      </Loaded>
    </>
  );
}

function History({ history }: { readonly history: AddressHistory }) {
  const { coins, total, transactions, searched } = history;
  return (
    <div class="columns explorer">
      <section class="panel scroll" aria-labelledby="coins-title">
        <h2 id="coins-title">
          {bitcoins(total)} in {plural(coins.length, 'coin')}
        </h2>
        <table>
          <thead>
            <tr>
              <th scope="col">Coin</th>
              <th scope="col" class="number">
                Height
              </th>
              <th scope="col" class="number">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {coins.slice(0, MAX_ROWS).map(({ txid, vout, value, height }) => (
              <tr key={`${txid}:${vout}`}>
                <td>
                  <a class="hash" href={hrefOf({ view: 'tx', id: txid })}>
                    {shortHash(txid, 10, 6)}:{vout}
                  </a>
                </td>
                <td class="number">{height}</td>
                <td class="number">{bitcoins(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {coins.length > MAX_ROWS && <p class="note">and {plural(coins.length - MAX_ROWS, 'more coin')}</p>}
      </section>
      <section class="panel scroll" aria-labelledby="history-title">
        <h2 id="history-title">
          Blocks {searched.low} to {searched.high}
        </h2>
        <p class="note">
          Coins are all there are now. Nodes keep no index of addresses: what came and went is looked for in
          these blocks.
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                Height
              </th>
              <th scope="col">Transaction</th>
              <th scope="col" class="number">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {transactions.slice(0, MAX_ROWS).map(({ txid, height, change }) => (
              <tr key={txid}>
                <td class="number">{height}</td>
                <td>
                  <a class="hash" href={hrefOf({ view: 'tx', id: txid })}>
                    {shortHash(txid, 10, 6)}
                  </a>
                </td>
                <td class="number">
                  {change > 0 ? '+' : ''}
                  {bitcoins(change)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
