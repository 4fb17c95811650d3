import { bytesEqual, type Hash256 } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import type { WalletTx } from './ledger/wallet-tx.js';
import type { Wallet } from './wallet.js';

/** Transactions are sent again only when a block has come since they were made, and some minutes: seconds. */
const MIN_AGE_BEFORE_BLOCK = 5 * 60;
const RESEND_LEAST_MS = 12 * 60 * 60 * 1000;
const RESEND_SPREAD_MS = 24 * 60 * 60 * 1000;

/** Enters a transaction that the wallet made and sends it. It is on the disk before anybody else sees it. */
export async function commitTransaction(
  wallet: Wallet,
  tx: Transaction,
  notes: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const wtx = wallet.ledger.add(tx, { type: 'inactive', abandoned: false }, {}, added => {
    added.fromMe = true;
    for (const [name, text] of notes) added.notes.set(name, text);
  });
  await wallet.store.flush(true);
  if (!wallet.modules.options.walletBroadcast) return;
  const error = await submit(wallet, wtx, true);
  if (error !== undefined) {
    wallet.log(`CommitTransaction(): Transaction cannot be broadcast immediately, ${error}`);
  }
}

/** Hands a transaction to the mempool; the reason when it does not take it. */
async function submit(wallet: Wallet, wtx: WalletTx, relay: boolean): Promise<string | undefined> {
  if (wtx.isAbandoned || wtx.tx.isCoinbase || wallet.ledger.depth(wtx) !== 0) return 'not to be sent';
  const { chain, options } = wallet.modules;
  // The mempool takes it apart; the wallet keeps its bytes alone.
  const { error } = await chain.broadcast(wtx.tx.detached(), options.maxTxFee, relay);
  if (
    error === undefined &&
    !wallet.closed &&
    wtx.isUnconfirmed &&
    !wtx.inMempool &&
    chain.isInMempool(wtx.tx.txid)
  ) {
    wallet.transactionAdded(wtx.tx);
  }
  return error;
}

/**
 * Hands all unconfirmed transactions to the mempool again, oldest first.
 *
 * @param relay send them to peers, too; without it only this node's mempool gets to know them
 * @param force even those that no block has passed over yet
 */
export async function resubmit(wallet: Wallet, relay: boolean, force: boolean): Promise<void> {
  if (!wallet.modules.options.walletBroadcast) return;
  const newest = wallet.lastBlockTime - MIN_AGE_BEFORE_BLOCK;
  const due = wallet.ledger
    .inOrder()
    .filter(wtx => wtx.isUnconfirmed && (force || wtx.timeReceived <= newest));
  let count = 0;
  for (const wtx of due) {
    if (wallet.closed) return;
    if ((await submit(wallet, wtx, relay)) === undefined) count++;
  }
  if (count > 0) wallet.log(`ResubmitWalletTransactions: resubmit ${count} unconfirmed transactions`);
}

/**
 * Decides when a wallet hands on its unconfirmed transactions again: to peers rarely and at random, to give away less; to
 * this node's mempool at once when the node, after a crash, has caught up with what the wallet has seen already.
 */
export class ResendSchedule {
  private nextMs: number;

  constructor(private readonly wallet: Wallet) {
    this.nextMs = this.draw();
  }

  /** The coins that the transactions spend may be there again. */
  async blockConnected(hash: Hash256): Promise<void> {
    const { wallet } = this;
    if (wallet.blockToComeBack === undefined || !bytesEqual(hash, wallet.blockToComeBack)) return;
    wallet.blockToComeBack = undefined;
    await resubmit(wallet, false, true);
  }

  private draw(): number {
    return this.wallet.modules.clock.nowMs() + RESEND_LEAST_MS + Math.random() * RESEND_SPREAD_MS;
  }

  async runIfDue(): Promise<void> {
    const { clock, chain, options } = this.wallet.modules;
    if (!options.walletBroadcast || chain.isInitialBlockDownload() || clock.nowMs() < this.nextMs) return;
    this.nextMs = this.draw();
    await resubmit(this.wallet, true, false);
  }
}
