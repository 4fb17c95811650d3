import { EventEmitter } from 'node:events';
import type { BlockUndo, ChainEvents, CoinsView } from '../../src/chain/chain.js';
import { BoundedExecutionCache } from '../../src/chain/scripts/execution-cache.js';
import type { ScriptExecutionCache } from '../../src/chain/scripts.js';
import { type HeaderId, NO_HEADER } from '../../src/consensus/chain-view.js';
import { chainParams } from '../../src/consensus/networks.js';
import { sha256 } from '../../src/crypto/hash.js';
import type { AcceptOptions, AcceptResult } from '../../src/mempool/mempool.js';
import type { MempoolChain, MempoolModules } from '../../src/mempool/modules.js';
import { DEFAULT_MEMPOOL_OPTIONS } from '../../src/mempool/policy/settings.js';
import { TxPool, type TxPoolOptions } from '../../src/mempool/tx-pool.js';
import { Block } from '../../src/primitives/block.js';
import { ZERO_HASH } from '../../src/primitives/bytes.js';
import type { Coin } from '../../src/primitives/coin.js';
import { BlockHeader } from '../../src/primitives/header.js';
import {
  type OutPoint,
  type OutPointKey,
  outPointKey,
  outPointTxidKey,
} from '../../src/primitives/outpoint.js';
import type { Transaction, TxInput, TxOutput } from '../../src/primitives/transaction.js';
import { NodeClock } from '../../src/runtime/clock.js';
import { defined } from '../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../src/runtime/logger.js';
import { BoundedSignatureCache } from '../../src/script/signature-cache.js';
import { nullData, p2wsh } from '../../src/script/templates.js';
import { TestHeaders } from './header-chain.js';
import { coinbase, input, output, transaction } from './transactions.js';

/** Witness script that anyone can satisfy with nothing, and the standard output that pays to it. */
export const OPEN_WITNESS = Uint8Array.of(0x51);
export const OPEN_SCRIPT = p2wsh(sha256(OPEN_WITNESS));

/** A coin of a confirmed or unconfirmed transaction, as a test spends it. */
export interface Spendable extends OutPoint {
  readonly value: number;
}

interface MinedBlock {
  readonly block: Block;
  readonly id: HeaderId;
  readonly undo: BlockUndo;
}

const START_TIME = 1_700_000_000;
const CACHE_BYTES = 1 << 16;

/** A chain in memory that checks nothing: blocks hold what a test puts in. */
export class FakeChain implements MempoolChain {
  readonly params = chainParams('regtest');
  readonly headers = new TestHeaders();
  readonly events = new EventEmitter<ChainEvents>();
  readonly unspent = new Map<OutPointKey, Coin>();
  readonly coins: CoinsView = {
    get: ({ txid, vout }) => this.unspent.get(outPointKey(txid, vout)),
    prefetch: async () => {},
  };
  readonly blocks: MinedBlock[] = [];
  isInitialBlockDownload = false;
  tip: HeaderId;
  private made = 0;

  constructor(height = 200) {
    this.tip = this.headers.extend(NO_HEADER, height + 1, at => ({ time: START_TIME + at * 600 }));
  }

  get height(): number {
    return this.headers.height(this.tip);
  }

  get bestHeader(): HeaderId {
    return this.tip;
  }

  isActive(id: HeaderId): boolean {
    return this.headers.ancestor(this.tip, this.headers.height(id)) === id;
  }

  async runStable<T>(work: () => T): Promise<T> {
    return work();
  }

  /** A confirmed coin out of nothing. */
  fund(value = 1_000_000, changes: Partial<Coin> = {}): Spendable {
    const txid = sha256(Buffer.from(`funding ${this.made++}`));
    this.unspent.set(outPointKey(txid, 0), {
      value,
      script: OPEN_SCRIPT,
      height: 1,
      coinbase: false,
      ...changes,
    });
    return { txid, vout: 0, value };
  }

  /** Connects a block with a coinbase and `txs`. */
  mine(txs: readonly Transaction[] = [], options: { readonly quiet?: boolean } = {}): MinedBlock {
    const id = this.headers.add(this.tip);
    const height = this.headers.height(id);
    const scriptSig = Uint8Array.of(4, ...Buffer.from(new Uint32Array([this.made++]).buffer));
    const reward = coinbase({ scriptSig, outputs: [output(5_000_000_000, OPEN_SCRIPT)] });
    const header = BlockHeader.from({
      version: 4,
      prevHash: ZERO_HASH,
      merkleRoot: ZERO_HASH,
      time: this.headers.time(id),
      bits: 0,
      nonce: id,
    });
    const block = Block.from(header, [reward, ...txs]);
    const undo = txs.map(tx => this.spend(tx));
    for (const tx of block.transactions) this.create(tx, height);
    this.tip = id;
    const mined = { block, id, undo };
    this.blocks.push(mined);
    this.events.emit('connected', block, id, undo);
    if (options.quiet !== true) this.events.emit('tip', id, this.headers.prev(id), false);
    return mined;
  }

  /** Disconnects the tip's block. The round is over only with {@link settle} or another block. */
  disconnect(): MinedBlock {
    const mined = defined(this.blocks.pop(), 'block to disconnect');
    const { block, id, undo } = mined;
    const own = new Set(block.transactions.map(tx => tx.txidKey));
    for (const tx of block.transactions)
      for (let i = 0; i < tx.outputCount; i++) this.unspent.delete(outPointKey(tx.txid, i));
    for (const [at, tx] of block.transactions.slice(1).entries()) {
      for (const [i, spent] of (undo[at] ?? []).entries()) {
        if (!own.has(outPointTxidKey(tx.prevoutKey(i)))) this.unspent.set(tx.prevoutKey(i), spent);
      }
    }
    this.tip = this.headers.prev(id);
    this.events.emit('disconnected', block, id, undo);
    return mined;
  }

  settle(): void {
    this.events.emit('tip', this.tip, this.tip, false);
  }

  private spend(tx: Transaction): Coin[] {
    const spent: Coin[] = [];
    for (let i = 0; i < tx.inputCount; i++) {
      const key = tx.prevoutKey(i);
      // A coin of the same block is made and gone before anyone sees it.
      spent.push(this.unspent.get(key) ?? { value: 0, script: OPEN_SCRIPT, height: 0, coinbase: false });
      this.spentInBlock.add(key);
      this.unspent.delete(key);
    }
    return spent;
  }

  private readonly spentInBlock = new Set<OutPointKey>();

  private create(tx: Transaction, height: number): void {
    for (const [i, { value, script }] of tx.outputs.entries()) {
      const key = outPointKey(tx.txid, i);
      if (!this.spentInBlock.has(key))
        this.unspent.set(key, { value, script, height, coinbase: tx.isCoinbase });
    }
  }
}

export interface SpendOptions {
  readonly fee?: number;
  /** Number of equal outputs. */
  readonly outputs?: number;
  readonly sequence?: number;
  readonly version?: number;
  readonly lockTime?: number;
  /** Bytes of padding, as an OP_RETURN output. */
  readonly pad?: number;
  readonly changeInputs?: Partial<TxInput>;
  readonly extraOutputs?: readonly TxOutput[];
}

/** Spends open coins to open outputs. */
export function spend(coins: readonly Spendable[], options: SpendOptions = {}): Transaction {
  const { fee = 1000, outputs: count = 1, sequence = 0xffffffff, pad = 0 } = options;
  const total = coins.reduce((sum, coin) => sum + coin.value, 0) - fee;
  const each = Math.floor(total / count);
  const outputs = Array.from({ length: count }, (_, i) =>
    output(i === 0 ? total - each * (count - 1) : each, OPEN_SCRIPT),
  );
  if (pad > 0) outputs.push(output(0, nullData(new Uint8Array(pad))));
  return transaction({
    version: options.version ?? 2,
    lockTime: options.lockTime ?? 0,
    inputs: coins.map(({ txid, vout }) =>
      input({ prevout: { txid, vout }, sequence, witness: [OPEN_WITNESS], ...options.changeInputs }),
    ),
    outputs: [...outputs, ...(options.extraOutputs ?? [])],
  });
}

/** Output `vout` of a transaction, to be spent. */
export function coinOf(tx: Transaction, vout = 0): Spendable {
  return { txid: tx.txid, vout, value: defined(tx.outputs[vout], 'output').value };
}

export interface Fixture {
  readonly chain: FakeChain;
  readonly pool: TxPool;
  readonly clock: NodeClock;
  readonly log: string[];
  readonly executionCache: ScriptExecutionCache;
  accept(tx: Transaction, options?: AcceptOptions): Promise<AcceptResult>;
  /** The reject string, or undefined when the transaction got in. */
  refusal(tx: Transaction, options?: AcceptOptions): Promise<string | undefined>;
}

/** A mempool over a fake chain; every change is followed by a check of all invariants. */
export async function fixture(
  options: Partial<TxPoolOptions> = {},
  { policyCache }: Pick<MempoolModules, 'policyCache'> = {},
): Promise<Fixture> {
  const chain = new FakeChain();
  const clock = new NodeClock();
  clock.setMockTime(START_TIME + 1_000_000);
  const log: string[] = [];
  const write = (message: string) => {
    log.push(message);
  };
  const logger: Logger = {
    ...silentLogger,
    info: write,
    debug: (_, message) => write(message),
    enabled: () => true,
  };
  const modules: MempoolModules = {
    chain,
    clock,
    logger,
    executionCache: new BoundedExecutionCache(CACHE_BYTES),
    signatureCache: new BoundedSignatureCache(CACHE_BYTES),
    policyCache,
  };
  const pool = new TxPool(
    { ...DEFAULT_MEMPOOL_OPTIONS, checkRatio: 1, file: '', persist: false, ...options },
    modules,
  );
  await pool.start();
  const accept = (tx: Transaction, how?: AcceptOptions) => pool.accept(tx, how);
  return {
    chain,
    pool,
    clock,
    log,
    executionCache: modules.executionCache,
    accept,
    refusal: async (tx, how) => {
      const result = await accept(tx, how);
      return result.accepted ? undefined : result.rejection.reason;
    },
  };
}

/** Puts a transaction in that must get in. */
export async function enter(pool: Fixture, tx: Transaction): Promise<Transaction> {
  const result = await pool.accept(tx);
  if (!result.accepted) throw new Error(`refused: ${result.rejection.reason}, ${result.rejection.debug}`);
  return tx;
}
