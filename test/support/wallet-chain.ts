import { chainParams } from '../../src/consensus/networks.js';
import { Block } from '../../src/primitives/block.js';
import { bytesEqual, type Hash256, type HashKey, hashKey, ZERO_HASH } from '../../src/primitives/bytes.js';
import { Writer } from '../../src/primitives/codec.js';
import type { Coin } from '../../src/primitives/coin.js';
import { BlockHeader } from '../../src/primitives/header.js';
import { NULL_INDEX, type OutPoint, type OutPointKey, outPointKey } from '../../src/primitives/outpoint.js';
import { SEQUENCE_FINAL, Transaction } from '../../src/primitives/transaction.js';
import { TransactionChecker } from '../../src/script/checker.js';
import { STANDARD_SCRIPT_FLAGS } from '../../src/script/flags.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import type {
  BlockRef,
  MempoolAncestry,
  WalletChain,
  WalletNotifications,
} from '../../src/wallet/chain-access.js';

export const REGTEST = chainParams('regtest');

export const SUBSIDY = 50 * 100_000_000;

/** Anybody can spend it; no wallet's. */
export const FOREIGN_SCRIPT = Uint8Array.of(0x51);

/** Confirmations of the coins that payments are made of: they stay old enough through short reorganisations. */
const PAY_DEPTH = 110;

interface Entry {
  readonly block: Block;
  readonly ref: BlockRef;
}

interface Pooled {
  readonly tx: Transaction;
  readonly fee: number;
}

/**
 * A node in a few lines: a chain of blocks with real transactions whose inputs and scripts are checked, a mempool with
 * replacement, and wallets that are told of all of it as the node tells them.
 */
export class TestWalletChain implements WalletChain {
  private entries: Entry[] = [];
  private readonly blocks = new Map<HashKey, Entry>();
  private coinsNow = new Map<OutPointKey, Coin>();
  readonly pool = new Map<HashKey, Pooled>();
  private listeners: WalletNotifications[] = [];
  private unique = 0;
  feeEstimate: number | undefined;
  chainLimits = { ancestors: 25, descendants: 25 };
  /** Refuses everything that is sent. */
  rejectAll = false;

  constructor(private time = 1_700_000_000) {
    const genesis = this.make(undefined, []);
    this.entries.push(genesis);
  }

  notify(listener: WalletNotifications): void {
    this.listeners.push(listener);
  }

  private make(previous: Entry | undefined, transactions: readonly Transaction[]): Entry {
    const header = BlockHeader.from({
      version: 4,
      prevHash: previous?.ref.hash ?? ZERO_HASH,
      merkleRoot: new Writer()
        .u32(this.unique++)
        .bytes(new Uint8Array(28))
        .finish()
        .slice(),
      time: this.time,
      bits: 0x207fffff,
      nonce: 0,
    });
    this.time += 600;
    const block = Block.from(header, transactions);
    const height = previous === undefined ? 0 : previous.ref.height + 1;
    const ref = { hash: block.hash, height, time: header.time, medianTimePast: header.time - 3600 };
    const entry = { block, ref };
    this.blocks.set(hashKey(block.hash), entry);
    return entry;
  }

  private coinbase(height: number, script: Uint8Array, fees: number): Transaction {
    return Transaction.from({
      version: 2,
      inputs: [
        {
          prevout: { txid: ZERO_HASH, vout: NULL_INDEX },
          scriptSig: new Writer()
            .u32(height)
            .u32(this.unique++)
            .finish()
            .slice(),
          sequence: SEQUENCE_FINAL,
          witness: [],
        },
      ],
      outputs: [{ value: SUBSIDY + fees, script }],
      lockTime: 0,
    });
  }

  /** Mines blocks that pay to `script`; the first takes what is in the mempool, or just `txs` if given. */
  mine(count = 1, script: Uint8Array = FOREIGN_SCRIPT, txs?: readonly Transaction[]): BlockRef {
    for (let i = 0; i < count; i++) {
      const chosen = i > 0 ? [] : (txs ?? [...this.pool.values()].map(({ tx }) => tx));
      const tip = this.entries.at(-1) as Entry;
      const reward = this.coinbase(tip.ref.height + 1, script, 0);
      this.connect(this.make(tip, [reward, ...chosen]));
    }
    return this.tip();
  }

  private connect(entry: Entry): void {
    this.entries.push(entry);
    for (const tx of entry.block.transactions) this.apply(tx, entry.ref.height);
    for (const tx of entry.block.transactions) {
      this.pool.delete(tx.txidKey);
      for (const rival of this.rivals(tx)) this.evict(rival, 'conflict');
    }
    for (const listener of this.listeners) listener.blockConnected(entry.block, entry.ref);
  }

  private apply(tx: Transaction, height: number): void {
    if (!tx.isCoinbase) for (let i = 0; i < tx.inputCount; i++) this.coinsNow.delete(tx.prevoutKey(i));
    for (const [vout, { value, script }] of tx.outputs.entries()) {
      this.coinsNow.set(outPointKey(tx.txid, vout), { value, script, height, coinbase: tx.isCoinbase });
    }
  }

  /** Takes the last blocks away; their transactions go back to the mempool where they fit. Returns the blocks. */
  disconnect(count: number): Block[] {
    const gone: Block[] = [];
    for (let i = 0; i < count; i++) {
      const entry = this.entries.pop() as Entry;
      gone.unshift(entry.block);
      this.recount();
      for (const listener of this.listeners) listener.blockDisconnected(entry.block, entry.ref);
    }
    for (const block of gone) for (const tx of block.transactions) if (!tx.isCoinbase) this.accept(tx);
    for (const tx of [...this.pool.values()].map(pooled => pooled.tx)) {
      if (this.check(tx) === undefined) this.evict(tx, 'reorg');
    }
    return gone;
  }

  private recount(): void {
    this.coinsNow = new Map();
    for (const { block, ref } of this.entries)
      for (const tx of block.transactions) this.apply(tx, ref.height);
  }

  private *rivals(tx: Transaction): Generator<Transaction> {
    const spent = new Set(tx.inputs.map((_, index) => tx.prevoutKey(index)));
    for (const { tx: other } of [...this.pool.values()]) {
      if (other.txidKey !== tx.txidKey && other.inputs.some((_, index) => spent.has(other.prevoutKey(index))))
        yield other;
    }
  }

  /** Removes a transaction from the mempool with what spends it. */
  evict(tx: Transaction, reason: string): void {
    if (!this.pool.delete(tx.txidKey)) return;
    for (const { tx: other } of [...this.pool.values()]) {
      if (other.inputs.some(input => bytesEqual(input.prevout.txid, tx.txid))) this.evict(other, reason);
    }
    for (const listener of this.listeners) listener.transactionRemoved(tx, reason);
  }

  private coinOf({ txid, vout }: OutPoint): Coin | undefined {
    const pooled = this.pool.get(hashKey(txid))?.tx.outputs[vout];
    if (pooled !== undefined) return { ...pooled, height: 0x7fffffff, coinbase: false };
    return this.coinsNow.get(outPointKey(txid, vout));
  }

  /** Coins spent, if all are there and every script is satisfied. */
  private check(tx: Transaction): Coin[] | undefined {
    const spent: Coin[] = [];
    for (const input of tx.inputs) {
      const coin = this.coinOf(input.prevout);
      if (coin === undefined) return undefined;
      if (coin.coinbase && this.tip().height + 1 - coin.height < 100) return undefined;
      spent.push(coin);
    }
    const txdata = new PrecomputedTxData(tx, spent);
    const satisfied = tx.inputs.every((input, index) => {
      const coin = spent[index] as Coin;
      const checker = new TransactionChecker(tx, index, coin.value, txdata);
      return (
        verifyScript(input.scriptSig, coin.script, input.witness, STANDARD_SCRIPT_FLAGS, checker) === 'OK'
      );
    });
    return satisfied ? spent : undefined;
  }

  /** Takes a transaction into the mempool if it is valid, and pays more than those it replaces. */
  accept(tx: Transaction): boolean {
    if (this.pool.has(tx.txidKey)) return true;
    const spent = this.check(tx);
    if (spent === undefined) return false;
    const out = tx.outputs.reduce((sum, { value }) => sum + value, 0);
    const fee = spent.reduce((sum, { value }) => sum + value, 0) - out;
    const rivals = [...this.rivals(tx)];
    if (fee < 0 || rivals.some(rival => (this.pool.get(rival.txidKey)?.fee ?? 0) >= fee)) return false;
    for (const rival of rivals) this.evict(rival, 'replaced');
    this.pool.set(tx.txidKey, { tx, fee });
    for (const listener of this.listeners) listener.transactionAdded(tx);
    return true;
  }

  /** A transaction from elsewhere that pays to scripts, out of a coin of nobody's that is mined for it. */
  pay(outputs: readonly { script: Uint8Array; value: number }[]): Transaction {
    const spendable = [...this.coinsNow].find(
      ([key, coin]) =>
        bytesEqual(coin.script, FOREIGN_SCRIPT) &&
        this.tip().height + 1 - coin.height >= PAY_DEPTH &&
        ![...this.pool.values()].some(({ tx }) => tx.inputs.some((_, index) => tx.prevoutKey(index) === key)),
    );
    if (spendable === undefined) throw new Error('mine more blocks first');
    const [key, coin] = spendable;
    const bytes = Buffer.from(key, 'latin1');
    const total = outputs.reduce((sum, { value }) => sum + value, 0);
    const tx = Transaction.from({
      version: 2,
      inputs: [
        {
          prevout: { txid: bytes.subarray(0, 32), vout: bytes.readUInt32LE(32) },
          scriptSig: new Uint8Array(0),
          sequence: SEQUENCE_FINAL,
          witness: [],
        },
      ],
      outputs: [...outputs, { script: FOREIGN_SCRIPT, value: coin.value - total - 1000 }],
      lockTime: 0,
    });
    if (!this.accept(tx)) throw new Error('payment refused');
    return tx;
  }

  feeOf(tx: Transaction): number | undefined {
    return this.pool.get(tx.txidKey)?.fee;
  }

  tip(): BlockRef {
    return (this.entries.at(-1) as Entry).ref;
  }

  at(height: number): BlockRef | undefined {
    return this.entries[height]?.ref;
  }

  find(hash: Hash256): BlockRef | undefined {
    const ref = this.blocks.get(hashKey(hash))?.ref;
    return ref !== undefined && bytesEqual(this.at(ref.height)?.hash ?? ZERO_HASH, hash) ? ref : undefined;
  }

  /** Blocks up to this height are not on the disk any more. */
  prunedHeight = -1;

  readBlock(ref: BlockRef): Promise<Block | undefined> {
    return Promise.resolve(ref.height > this.prunedHeight ? this.blockOf(ref) : undefined);
  }

  get havePruned(): boolean {
    return this.prunedHeight >= 0;
  }

  blockOf(ref: BlockRef): Block {
    return (this.blocks.get(hashKey(ref.hash)) as Entry).block;
  }

  /** Blocks below this height are not there. */
  lowestBlock = 0;

  hasBlocks(from: number): boolean {
    const isThere = from >= this.lowestBlock && from > this.prunedHeight;
    return isThere || from > this.tip().height;
  }

  firstAtOrAfter(time: number): BlockRef | undefined {
    return this.entries.find(({ ref }) => ref.time >= time)?.ref;
  }

  coins(outpoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    return Promise.resolve(outpoints.map(outpoint => this.coinOf(outpoint)));
  }

  isInMempool(txid: Hash256): boolean {
    return this.pool.has(hashKey(txid));
  }

  mempoolTransactions(): Iterable<Transaction> {
    return [...this.pool.values()].map(({ tx }) => tx);
  }

  mempoolAncestry(txid: Hash256): MempoolAncestry | undefined {
    const pooled = this.pool.get(hashKey(txid));
    if (pooled === undefined) return undefined;
    const ancestors = new Set<Transaction>([pooled.tx]);
    for (const tx of ancestors) {
      for (const { prevout } of tx.inputs) {
        const parent = this.pool.get(hashKey(prevout.txid));
        if (parent !== undefined) ancestors.add(parent.tx);
      }
    }
    const descendants = ancestors.size;
    const ancestorSize = [...ancestors].reduce((sum, tx) => sum + tx.vsize, 0);
    return { ancestors: ancestors.size, descendants, ancestorSize, ancestorFees: pooled.fee };
  }

  hasDescendantsInMempool(txid: Hash256): boolean {
    return [...this.pool.values()].some(({ tx }) =>
      tx.inputs.some(({ prevout }) => bytesEqual(prevout.txid, txid)),
    );
  }

  mempoolChainLimits() {
    return this.chainLimits;
  }

  checkChainLimits(): string | undefined {
    return undefined;
  }

  isReplaceable(): boolean {
    return true;
  }

  broadcast(tx: Transaction): Promise<{ readonly error?: string }> {
    const ok = !this.rejectAll && this.accept(tx);
    return Promise.resolve(ok ? {} : { error: 'refused' });
  }

  minRelayFeeRate(): number {
    return 1000;
  }

  incrementalRelayFeeRate(): number {
    return 1000;
  }

  mempoolMinFeeRate(): number {
    return 1000;
  }

  dustRelayFeeRate(): number {
    return 3000;
  }

  estimateFeeRate(): number | undefined {
    return this.feeEstimate;
  }

  isInitialBlockDownload(): boolean {
    return false;
  }
}
