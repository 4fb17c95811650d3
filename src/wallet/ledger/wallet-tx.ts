import type { HashKey } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { TxRecord, TxState } from '../store/records.js';

/** A transaction of the wallet: pays to it, spends from it, or was made by it. */
export class WalletTx implements TxRecord {
  /** Transactions in the mempool that spend the same coins. Not stored: the mempool tells at the next start. */
  readonly mempoolConflicts = new Set<HashKey>();
  readonly notes: Map<string, string>;

  constructor(
    public tx: Transaction,
    public state: TxState,
    readonly timeReceived: number,
    public timeSmart: number,
    readonly order: number,
    public fromMe: boolean,
    notes: ReadonlyMap<string, string> = new Map(),
  ) {
    this.notes = new Map(notes);
  }

  static restore(record: TxRecord): WalletTx {
    const { tx, state, timeReceived, timeSmart, order, fromMe, notes } = record;
    return new WalletTx(tx, state, timeReceived, timeSmart, order, fromMe, notes);
  }

  get key(): HashKey {
    return this.tx.txidKey;
  }

  get isConfirmed(): boolean {
    return this.state.type === 'confirmed';
  }

  get inMempool(): boolean {
    return this.state.type === 'inMempool';
  }

  get isAbandoned(): boolean {
    return this.state.type === 'inactive' && this.state.abandoned;
  }

  get isConflicted(): boolean {
    return this.state.type === 'conflicted';
  }

  /** Waits for a block, as far as the wallet knows. */
  get isUnconfirmed(): boolean {
    return !this.isAbandoned && !this.isConflicted && !this.isConfirmed && this.mempoolConflicts.size === 0;
  }

  /** Its spending counts: coins it takes are gone unless it is dead. */
  get isLive(): boolean {
    return !this.isAbandoned && !this.isConflicted && this.mempoolConflicts.size === 0;
  }

  /** Unix seconds to show. */
  get time(): number {
    return this.timeSmart === 0 ? this.timeReceived : this.timeSmart;
  }
}
