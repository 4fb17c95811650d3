import { hashToHex } from '../primitives/bytes.js';
import type { BlockRef } from './chain-access.js';
import { TIMESTAMP_WINDOW, type Wallet } from './wallet.js';
import { WalletError } from './wallet-error.js';

export interface ScanResult {
  /** `failed`: the chain changed below the scan, or blocks could not be read, such as pruned ones. */
  readonly status: 'done' | 'aborted' | 'failed';
  readonly lastScanned: BlockRef | undefined;
  /** Latest time of the blocks that could not be taken in, Unix seconds. */
  readonly failedTime: number | undefined;
}

/** How often a long scan writes a line to the log, milliseconds. */
const LOG_PERIOD_MS = 60_000;

/** Marks the wallet as scanning until the returned function is called. @throws WalletError when it is scanning already */
export function reserveScan(wallet: Wallet): () => void {
  if (wallet.scanning !== undefined) {
    throw new WalletError('failed', 'Wallet is currently rescanning. Abort existing rescan or wait.');
  }
  wallet.scanning = { startedMs: wallet.modules.clock.steadyMs(), progress: 0, aborted: false };
  return () => {
    wallet.scanning = undefined;
  };
}

/**
 * Reads blocks of the active chain and takes in what is the wallet's: for keys that are older than the wallet's knowledge
 * of the chain. The scan must be reserved. Blocks that cannot be read are passed over.
 *
 * @param stop last height; undefined goes up to the tip and takes in the mempool as well
 */
export async function scan(wallet: Wallet, from: BlockRef, stop?: number): Promise<ScanResult> {
  const { chain, clock } = wallet.modules;
  wallet.log(`Rescan started from block ${hashToHex(from.hash)}... (slow variant inspecting all blocks)`);
  let lastLog = clock.steadyMs();
  let lastScanned: BlockRef | undefined;
  let failedTime: number | undefined;
  let next: BlockRef | undefined = from;
  while (next !== undefined) {
    if (wallet.scanning?.aborted !== false) return finish(wallet, 'aborted', lastScanned, failedTime);
    const ref: BlockRef = next;
    const end = stop ?? chain.tip().height;
    wallet.scanning.progress = end > from.height ? (ref.height - from.height) / (end - from.height) : 0;
    if (clock.steadyMs() >= lastLog + LOG_PERIOD_MS) {
      lastLog = clock.steadyMs();
      wallet.log(`Still rescanning. At block ${ref.height}. Progress=${wallet.scanning.progress.toFixed(6)}`);
    }
    const block = await chain.readBlock(ref);
    const isActive = chain.find(ref.hash) !== undefined;
    if (block === undefined || !isActive) failedTime = Math.max(failedTime ?? 0, ref.time);
    // There was a reorganisation while the block was read.
    if (!isActive) break;
    if (block !== undefined) {
      wallet.takeBlock(block, ref, true);
      lastScanned = ref;
    }
    next = stop !== undefined && ref.height >= stop ? undefined : chain.at(ref.height + 1);
  }
  if (stop === undefined) for (const tx of chain.mempoolTransactions()) wallet.transactionAdded(tx);
  return finish(wallet, failedTime === undefined ? 'done' : 'failed', lastScanned, failedTime);
}

function finish(
  wallet: Wallet,
  status: ScanResult['status'],
  lastScanned: BlockRef | undefined,
  failedTime: number | undefined,
): ScanResult {
  const height = lastScanned?.height ?? -1;
  wallet.log(status === 'done' ? 'Rescan completed' : `Rescan ${status} at block ${height}`);
  return { status, lastScanned, failedTime };
}

/**
 * Scans from the first block that may have transactions of keys made at `time`.
 *
 * @returns the least time from which on everything was seen: `time`, or later when the scan failed; undefined when it was
 * aborted
 */
export async function scanFromTime(wallet: Wallet, time: number): Promise<number | undefined> {
  const { chain } = wallet.modules;
  const from = chain.firstAtOrAfter(time - TIMESTAMP_WINDOW);
  const count = from === undefined ? 0 : chain.tip().height - from.height + 1;
  wallet.log(`RescanFromTime: Rescanning last ${count} blocks`);
  if (from === undefined) return time;
  const { status, failedTime } = await scan(wallet, from);
  if (status === 'aborted') return undefined;
  return failedTime === undefined ? time : failedTime + TIMESTAMP_WINDOW + 1;
}
