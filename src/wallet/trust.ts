import { outPointTxidKey } from '../primitives/outpoint.js';
import type { Ledger } from './ledger/ledger.js';
import type { WalletTx } from './ledger/wallet-tx.js';

/**
 * Tells which transactions' outputs count as the wallet's money already: confirmed ones, and unconfirmed ones in the
 * mempool that the wallet made itself out of such money. Answers are kept, so one object serves one reckoning.
 */
export class Trust {
  private readonly known = new Map<WalletTx, boolean>();

  /** @param spendZeroConf without it nothing unconfirmed is trusted */
  constructor(
    private readonly ledger: Ledger,
    private readonly spendZeroConf: boolean,
  ) {}

  isTrusted(wtx: WalletTx): boolean {
    const known = this.known.get(wtx);
    if (known !== undefined) return known;
    // A chain of unconfirmed transactions is bounded by the mempool's limits, so this does not recurse deeply.
    const trusted = this.judge(wtx);
    this.known.set(wtx, trusted);
    return trusted;
  }

  private judge(wtx: WalletTx): boolean {
    if (wtx.isConfirmed) return true;
    if (!wtx.inMempool || !this.spendZeroConf) return false;
    const { tx } = wtx;
    for (let i = 0; i < tx.inputCount; i++) {
      if (this.ledger.ownPrevout(tx, i) === undefined) return false;
      const parent = this.ledger.byKey(outPointTxidKey(tx.prevoutKey(i)));
      if (parent === undefined || !this.isTrusted(parent)) return false;
    }
    return true;
  }
}
