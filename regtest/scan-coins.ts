import { RpcCallError, type RpcCaller } from './rpc/caller.js';
import type { CoinScan } from './rpc/methods/index.js';
import { waitFor } from './wait.js';

/** Looks up the confirmed coins of addresses among all coins of a node. A node does one such scan at a time. */
export function scanCoins(rpc: RpcCaller, addresses: readonly string[]): Promise<CoinScan> {
  const wanted = addresses.map(address => `addr(${address})`);
  return waitFor(
    async () => {
      try {
        return await rpc.call('scantxoutset', 'start', wanted);
      } catch (thrown) {
        if (thrown instanceof RpcCallError && thrown.reason.startsWith('Scan already in progress'))
          return false;
        throw thrown;
      }
    },
    { what: 'another scan of all coins to end' },
  );
}
