import type { CoinRecord } from '../chain/coins/coins-db.js';
import { type HashKey, hashKey } from '../primitives/bytes.js';
import type { RpcContext } from './context.js';

/** Coins found by a scan. */
export interface ScanResult {
  /** False when it was ended before all coins were looked at. */
  readonly complete: boolean;
  /** Coins looked at. */
  readonly count: number;
  readonly found: readonly CoinRecord[];
  /** Hash of the block after which these were the coins. */
  readonly block: Uint8Array;
}

/** Key of a script in sets of scripts. */
export function scriptKey(script: Uint8Array): HashKey {
  return hashKey(script);
}

/** A walk over all coins in search of some scripts. One at a time for each node: it reads the whole database. */
export class CoinScan {
  private aborted = false;
  private position = 0;

  /** Share of the coins looked at, in whole per cent: they are in the order of their txids, which are random. */
  get progress(): number {
    return Math.floor((this.position * 100) / 65536 + 0.5);
  }

  /** Ends the scan soon. */
  abort(): void {
    this.aborted = true;
  }

  async run(
    { chainTools }: Pick<RpcContext, 'chainTools'>,
    wanted: ReadonlySet<HashKey>,
    signal: AbortSignal,
  ): Promise<ScanResult> {
    const found: CoinRecord[] = [];
    let count = 0;
    let complete = true;
    const block = await chainTools.walkCoins(coins => {
      if (this.aborted || signal.aborted) {
        complete = false;
        return false;
      }
      for (const record of coins) if (wanted.has(scriptKey(record.coin.script))) found.push(record);
      count += coins.length;
      const last = coins.at(-1);
      if (last !== undefined) this.position = (last.txid[0] as number) * 256 + (last.txid[1] as number);
      return true;
    });
    return { complete, count, found, block };
  }
}

const running = new WeakMap<RpcContext, CoinScan>();

/** The scan that is under way on a node. */
export function runningScan(context: RpcContext): CoinScan | undefined {
  return running.get(context);
}

/** Runs `work` with a scan that others can see; undefined when there is one already. */
export async function withScan<T>(
  context: RpcContext,
  work: (scan: CoinScan) => Promise<T>,
): Promise<T | undefined> {
  if (running.has(context)) return undefined;
  const scan = new CoinScan();
  running.set(context, scan);
  try {
    return await work(scan);
  } finally {
    running.delete(context);
  }
}
