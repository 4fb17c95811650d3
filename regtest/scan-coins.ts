import { RpcCallError, type RpcCaller } from './rpc/caller.js';
import { waitFor } from './wait.js';

/** A coin of the chain as scantxoutset tells it. */
export interface ScannedCoin {
  readonly txid: string;
  readonly vout: number;
  /** Descriptor that the coin was found by. */
  readonly desc: string;
  /** Bitcoins. */
  readonly amount: number;
  readonly coinbase: boolean;
  readonly height: number;
}

export interface CoinScan {
  /** Of the tip that the coins were looked up at. */
  readonly height: number;
  readonly unspents: readonly ScannedCoin[];
}

/** Looks up the confirmed coins of addresses among all coins of a node. A node does one such scan at a time. */
export function scanCoins(rpc: RpcCaller, addresses: readonly string[]): Promise<CoinScan> {
  const wanted = addresses.map(address => `addr(${address})`);
  return waitFor(
    async () => {
      try {
        return await rpc.request<CoinScan>('scantxoutset', 'start', wanted);
      } catch (thrown) {
        if (thrown instanceof RpcCallError && thrown.reason.startsWith('Scan already in progress'))
          return false;
        throw thrown;
      }
    },
    { what: 'another scan of all coins to end' },
  );
}
