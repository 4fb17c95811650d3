import { sha256d } from '../../src/crypto/hash.js';
import { Block } from '../../src/primitives/block.js';
import { concatBytes, type Hash256, ZERO_HASH } from '../../src/primitives/bytes.js';
import { BlockHeader, type HeaderFields } from '../../src/primitives/header.js';
import { merkleRoot } from '../../src/primitives/merkle.js';
import { decodeCompact, hashToNumber } from '../../src/primitives/target.js';
import { Transaction, type TxInput, type TxOutput } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { pushNumber } from '../../src/script/build.js';
import {
  EASIEST_BITS,
  GENESIS_HEADER,
  HALVING_INTERVAL,
  INITIAL_SUBSIDY,
  MEDIAN_TIME_BLOCKS,
  NULL_INDEX,
  SEQUENCE_FINAL,
} from './constants.js';
import { OPEN_SCRIPT } from './transactions.js';

/** A block of the list. Whether it is valid is for the cases to say. */
export interface BuiltBlock {
  /** Undefined for genesis only. */
  readonly parent: BuiltBlock | undefined;
  readonly height: number;
  readonly header: BlockHeader;
  readonly transactions: readonly Transaction[];
  /** As it goes over the wire. */
  readonly bytes: Uint8Array;
}

export interface CoinbasePlan {
  readonly scriptSig?: Uint8Array;
  /** Satoshis of the first output; the subsidy without fees unless given. */
  readonly reward?: number;
  /** Instead of one output that anybody may spend. */
  readonly outputs?: readonly TxOutput[];
  /**
   * The outputs that commit to the witnesses; `commitment` is the right one. Without this there is that one when a
   * transaction has a witness, and none otherwise.
   */
  readonly commitments?: (commitment: TxOutput) => readonly TxOutput[];
  /** The coinbase's witness; by default 32 zero bytes if there are commitments. */
  readonly witness?: readonly Uint8Array[];
  /** Changes of the one input, and more inputs. */
  readonly input?: Partial<TxInput>;
  readonly moreInputs?: readonly TxInput[];
  readonly lockTime?: number;
}

export interface HeaderPlan {
  readonly version?: number;
  readonly time?: number;
  readonly bits?: number;
  readonly merkleRoot?: Hash256;
  readonly prevHash?: Hash256;
  /** False: the hash misses the target. */
  readonly work?: boolean;
}

export interface BlockPlan {
  readonly transactions?: readonly Transaction[];
  readonly coinbase?: CoinbasePlan | Transaction;
  /** The transactions as they go into the block, from the honest list with the coinbase in front. */
  readonly arrange?: (honest: readonly Transaction[]) => readonly Transaction[];
  readonly header?: HeaderPlan;
}

/** Seconds between blocks whose time is not given. */
const DEFAULT_SPACING = 10;

const DEFAULT_VERSION = 0x20000000;

function genesis(): BuiltBlock {
  const bytes = Buffer.from(GENESIS_HEADER, 'hex');
  return { parent: undefined, height: 0, header: new BlockHeader(bytes), transactions: [], bytes };
}

export const GENESIS: BuiltBlock = genesis();

/** Satoshis that the block at `height` may make. */
export function subsidyAt(height: number): number {
  return Math.floor(INITIAL_SUBSIDY / 2 ** Math.floor(height / HALVING_INTERVAL));
}

/** Whether `block` is `ancestor` or builds on it. */
export function descends(block: BuiltBlock, ancestor: BuiltBlock): boolean {
  let at: BuiltBlock | undefined = block;
  while (at !== undefined && at.height > ancestor.height) at = at.parent;
  return at === ancestor;
}

/** The highest of blocks that build on each other. */
export function lastOf(blocks: readonly BuiltBlock[]): BuiltBlock {
  return defined(blocks.at(-1), 'block of a branch');
}

/** Median time of the blocks up to `block`: what the next one's time must exceed, and what lock times are held against. */
export function medianTime(block: BuiltBlock): number {
  const times: number[] = [];
  for (let at: BuiltBlock | undefined = block; at !== undefined; at = at.parent) {
    if (times.length === MEDIAN_TIME_BLOCKS) break;
    times.push(at.header.time);
  }
  times.sort((a, b) => a - b);
  return defined(times[Math.floor(times.length / 2)], 'median of times');
}

/** Puts blocks together, good or not. `tag` makes them differ from those of every other builder. */
export class BlockBuilder {
  private built = 0;

  /** @param tag below a million */
  constructor(private readonly tag: number) {}

  /** A block on top of `parent`. */
  on(parent: BuiltBlock, plan: BlockPlan = {}): BuiltBlock {
    const { transactions = [], arrange = list => list } = plan;
    const height = parent.height + 1;
    const coinbase =
      plan.coinbase instanceof Transaction
        ? plan.coinbase
        : this.coinbase(height, transactions, plan.coinbase);
    const list = arrange([coinbase, ...transactions]);
    const header = solve(
      {
        version: DEFAULT_VERSION,
        prevHash: parent.header.hash,
        merkleRoot: merkleRoot(list.map(tx => tx.txid)).root,
        time: parent.header.time + DEFAULT_SPACING,
        bits: EASIEST_BITS,
        ...plan.header,
      },
      plan.header?.work ?? true,
    );
    return withTransactions(parent, header, list);
  }

  /** `count` empty blocks on top of `parent`, lowest first. */
  chain(parent: BuiltBlock, count: number): BuiltBlock[] {
    const blocks: BuiltBlock[] = [];
    while (blocks.length < count) blocks.push(this.on(blocks.at(-1) ?? parent));
    return blocks;
  }

  private coinbase(height: number, others: readonly Transaction[], plan: CoinbasePlan = {}): Transaction {
    const { reward = subsidyAt(height), outputs = [{ value: reward, script: OPEN_SCRIPT }] } = plan;
    const witnessed = others.some(tx => tx.hasWitness);
    const { commitments = commitment => (witnessed ? [commitment] : []) } = plan;
    const commits = commitments({ value: 0, script: commitment(others, plan.witness?.[0] ?? ZERO_HASH) });
    const input: TxInput = {
      prevout: { txid: ZERO_HASH, vout: NULL_INDEX },
      scriptSig: plan.scriptSig ?? heightScript(height),
      sequence: SEQUENCE_FINAL,
      witness: plan.witness ?? (commits.length > 0 ? [ZERO_HASH] : []),
      ...plan.input,
    };
    return Transaction.from({
      // No rule looks at it.
      version: this.tag * 1000 + this.built++,
      inputs: [input, ...(plan.moreInputs ?? [])],
      outputs: [...outputs, ...commits],
      lockTime: plan.lockTime ?? 0,
    });
  }
}

/** The same header over other transactions. */
export function withTransactions(
  parent: BuiltBlock,
  header: BlockHeader,
  transactions: readonly Transaction[],
): BuiltBlock {
  const { raw } = Block.from(header, transactions);
  return { parent, height: parent.height + 1, header, transactions, bytes: raw };
}

/** The coinbase's script for a height (BIP34), two bytes at least, so that it passes where BIP34 is not in force. */
export function heightScript(height: number): Uint8Array {
  const script = pushNumber(height);
  return script.length > 1 ? script : concatBytes(script, Uint8Array.of(0));
}

const COMMITMENT_HEAD = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);

/** Script of the output that commits to the witnesses of `others` and a coinbase (BIP141). */
function commitment(others: readonly Transaction[], reserved: Uint8Array): Uint8Array {
  const { root } = merkleRoot([ZERO_HASH, ...others.map(tx => tx.wtxid)]);
  return concatBytes(COMMITMENT_HEAD, sha256d(concatBytes(root, reserved)));
}

/** Tries nonces until the hash meets the target, or misses it. Impossible targets take the first nonce. */
function solve(fields: Omit<HeaderFields, 'nonce'>, work: boolean): BlockHeader {
  const { target, negative, overflow } = decodeCompact(fields.bits);
  const impossible = negative || overflow || target === 0n;
  for (let nonce = 0; ; nonce++) {
    const header = BlockHeader.from({ ...fields, nonce });
    if (impossible || hashToNumber(header.hash) <= target === work) return header;
  }
}
