import { bytesEqual } from '../primitives/bytes.js';
import { defined } from '../runtime/errors.js';
import type { BlockRef } from './chain-access.js';
import { TIMESTAMP_WINDOW, type Wallet } from './wallet.js';
import { WalletError } from './wallet-error.js';

/** Blocks taken in that are remembered, to find the way back when the chain changes meanwhile. */
const MAX_REMEMBERED = 1000;

const FAILED = 'Wallet loading failed.';
const BEYOND_PRUNED = `${FAILED} Prune: last wallet synchronisation goes beyond pruned data. You need to -reindex (download the whole blockchain again in case of pruned node)`;
const UNREADABLE = `${FAILED} Failed to rescan the wallet during initialization`;

/**
 * Takes in the blocks that came while the wallet was not loaded, up to the tip, then what is in the mempool. `attach` is
 * called in the same turn in which the wallet stands at the tip: from then on it must be told of everything.
 *
 * @throws WalletError in Core's words when blocks that the wallet lacks are not on the disk
 */
export async function catchUp(wallet: Wallet, attach: () => void): Promise<void> {
  const { chain } = wallet.modules;
  skipToBirth(wallet);
  checkBlocks(wallet);
  const recent: BlockRef[] = [];
  for (;;) {
    const { tip } = wallet.ledger;
    if (bytesEqual(tip.hash, chain.tip().hash)) break;
    if (chain.find(tip.hash) === undefined) stepBack(wallet, recent);
    const next = chain.at(wallet.ledger.tip.height + 1);
    // The tip moved below where the wallet stands: it is found not to be active in the next round.
    if (next === undefined) continue;
    const block = await chain.readBlock(next);
    if (block === undefined) throw new WalletError('failed', UNREADABLE);
    if (chain.find(next.hash) === undefined) continue;
    if (recent.length === 0)
      wallet.log(
        `Rescanning last ${chain.tip().height - next.height + 1} blocks (from block ${next.height})...`,
      );
    wallet.takeBlock(block, next, true);
    recent.push(next);
    if (recent.length > MAX_REMEMBERED) recent.shift();
  }
  for (const tx of chain.mempoolTransactions()) wallet.transactionAdded(tx);
  attach();
  await wallet.store.flush();
}

/**
 * Blocks that were pruned do not come back. Below a snapshot they come in the background, and out of order: a wallet that
 * needs them has to wait.
 */
function checkBlocks(wallet: Wallet): void {
  const { chain } = wallet.modules;
  if (chain.hasBlocks(wallet.ledger.tip.height + 1)) return;
  if (chain.havePruned) throw new WalletError('failed', BEYOND_PRUNED);
  let complete = chain.tip().height;
  while (chain.hasBlocks(complete - 1, complete - 1)) complete--;
  throw new WalletError(
    'failed',
    `${FAILED} Error loading wallet. Wallet requires blocks to be downloaded, and software does not ` +
      'currently support loading wallets while blocks are being downloaded out of order when using assumeutxo ' +
      `snapshots. Wallet should be able to load successfully after node sync reaches height ${complete}`,
  );
}

/** Blocks from before the keys were made need not be read. */
function skipToBirth(wallet: Wallet): void {
  const { chain } = wallet.modules;
  const { birthTime, ledger } = wallet;
  const first = chain.firstAtOrAfter(Math.max(birthTime - TIMESTAMP_WINDOW, 0));
  const target = first === undefined ? chain.tip() : chain.at(Math.max(first.height - 1, 0));
  if (target !== undefined && target.height > ledger.tip.height) {
    ledger.tip = { hash: target.hash, height: target.height };
  }
}

/** Goes back to the last block taken in that is still in the active chain. */
function stepBack(wallet: Wallet, recent: BlockRef[]): void {
  const { chain } = wallet.modules;
  while (recent.length > 0 && chain.find(defined(recent.at(-1), 'block').hash) === undefined) recent.pop();
  const { hash, height } = recent.at(-1) ?? defined(chain.at(0), 'genesis block');
  wallet.ledger.tip = { hash, height };
  wallet.ledger.reconcile(block => chain.find(block) !== undefined);
}
