import { BlockChain } from '../../src/chain/chainstate.js';
import type { ChainModules, ChainOptions, ChainStores } from '../../src/chain/options.js';
import { BoundedExecutionCache } from '../../src/chain/scripts/execution-cache.js';
import { memoryStores } from '../../src/chain/stores.js';
import { coinbaseHeightScript } from '../../src/consensus/block-check.js';
import { chainParams } from '../../src/consensus/networks.js';
import type { ChainParams } from '../../src/consensus/params.js';
import { blockSubsidy } from '../../src/consensus/subsidy.js';
import { makeWitnessCommitment, witnessMerkleRoot } from '../../src/consensus/witness.js';
import { Block } from '../../src/primitives/block.js';
import { concatBytes, ZERO_HASH } from '../../src/primitives/bytes.js';
import { BlockHeader } from '../../src/primitives/header.js';
import { merkleRoot } from '../../src/primitives/merkle.js';
import { NULL_INDEX, type OutPoint } from '../../src/primitives/outpoint.js';
import { decodeCompact, hashToNumber } from '../../src/primitives/target.js';
import { SEQUENCE_FINAL, Transaction, type TxOutput } from '../../src/primitives/transaction.js';
import { NodeClock } from '../../src/runtime/clock.js';
import { silentLogger } from '../../src/runtime/logger.js';

/** OP_TRUE: anybody may spend it. */
export const ANYONE_CAN_SPEND = Uint8Array.of(0x51);
const OP_RETURN = 0x6a;
/** OP_FALSE: nobody can. */
export const NOBODY_CAN_SPEND = Uint8Array.of(0x00);

export const REGTEST: ChainParams = chainParams('regtest');

export interface TestChainOptions extends Partial<ChainOptions> {
  readonly stores?: ChainStores;
  /** Mocked time, Unix seconds; by default a little after the genesis of regtest, so that blocks are recent. */
  readonly now?: number;
  readonly modules?: Partial<ChainModules>;
}

/** A regtest chain with its own clock, that checks its invariants after every change. */
export function testChain(options: TestChainOptions = {}): { chain: BlockChain; clock: NodeClock } {
  const { stores, now = REGTEST.genesis.header.time + 100_000, modules, ...rest } = options;
  const clock = new NodeClock();
  clock.setMockTime(now);
  const chain = new BlockChain(
    {
      params: REGTEST,
      storage: stores ?? memoryStores(REGTEST.magic),
      scriptThreads: 1,
      checkBlockIndex: 1,
      ...rest,
    },
    { clock, logger: silentLogger, executionCache: new BoundedExecutionCache(1 << 16), ...modules },
  );
  return { chain, clock };
}

export interface BlockTemplate {
  readonly prev: Block;
  /** Height of the block to be built. */
  readonly height: number;
  readonly transactions?: readonly Transaction[];
  /** Satoshis that the coinbase takes; by default the subsidy. */
  readonly reward?: number;
  /** Makes blocks of the same height and predecessor different. */
  readonly tag?: number;
  readonly time?: number;
  /** Outputs of the coinbase beside the one that takes the reward, which is less by their values. */
  readonly extraOutputs?: readonly TxOutput[];
  /** Instead of one made for this block. */
  readonly coinbase?: Transaction;
  /** Bytes by which an output without use makes the coinbase larger. */
  readonly padding?: number;
}

/** Builds a block and finds its nonce. */
export function buildBlock(template: BlockTemplate): Block {
  const { prev, height, transactions = [], tag = 0, extraOutputs = [] } = template;
  const reward = template.reward ?? blockSubsidy(height, REGTEST.consensus);
  const useless = { value: 0, script: new Uint8Array(template.padding ?? 0).fill(OP_RETURN) };
  const rest = extraOutputs.reduce((left, { value }) => left - value, reward);
  const outputs = [
    { value: rest, script: ANYONE_CAN_SPEND },
    ...extraOutputs,
    ...(template.padding === undefined ? [] : [useless]),
  ];
  const coinbase = template.coinbase ?? buildCoinbase(height, tag, outputs, transactions);
  const all = [coinbase, ...transactions];
  return mine(
    BlockHeader.from({
      version: 0x20000000,
      prevHash: prev.hash,
      merkleRoot: merkleRoot(all.map(tx => tx.txid)).root,
      time: template.time ?? prev.header.time + 1,
      bits: 0x207fffff,
      nonce: 0,
    }),
    all,
  );
}

function buildCoinbase(
  height: number,
  tag: number,
  outputs: readonly TxOutput[],
  transactions: readonly Transaction[],
): Transaction {
  const scriptSig = concatBytes(coinbaseHeightScript(height), Uint8Array.of(4, tag, tag >> 8, tag >> 16, 0));
  const prevout = { txid: ZERO_HASH, vout: NULL_INDEX };
  const input = { prevout, scriptSig, sequence: SEQUENCE_FINAL, witness: [ZERO_HASH] };
  const bare = Transaction.from({ version: 1, inputs: [{ ...input, witness: [] }], outputs, lockTime: 0 });
  if (!transactions.some(tx => tx.hasWitness)) return bare;
  // The commitment is of the other transactions only: the coinbase counts as zero.
  const draft = Block.from(REGTEST.genesis.header, [bare, ...transactions]);
  const commitment = { value: 0, script: makeWitnessCommitment(witnessMerkleRoot(draft)) };
  return Transaction.from({ version: 1, inputs: [input], outputs: [...outputs, commitment], lockTime: 0 });
}

/** Tries nonces until the proof of work is good: every second one is on regtest. */
export function mine(header: BlockHeader, transactions: readonly Transaction[]): Block {
  const { target } = decodeCompact(header.bits);
  const { version, prevHash, merkleRoot: root, time, bits } = header;
  for (let nonce = 0; ; nonce++) {
    const tried = BlockHeader.from({ version, prevHash, merkleRoot: root, time, bits, nonce });
    if (hashToNumber(tried.hash) <= target) return Block.from(tried, transactions);
  }
}

/** A transaction that spends outputs anyone can spend. */
export function buildSpend(
  inputs: readonly OutPoint[],
  outputs: readonly TxOutput[],
  options: {
    readonly sequence?: number;
    readonly lockTime?: number;
    readonly version?: number;
    /** Of each input; none by default. */
    readonly witnesses?: readonly (readonly Uint8Array[])[];
  } = {},
): Transaction {
  return Transaction.from({
    version: options.version ?? 2,
    inputs: inputs.map((prevout, index) => ({
      prevout,
      scriptSig: new Uint8Array(0),
      sequence: options.sequence ?? SEQUENCE_FINAL,
      witness: options.witnesses?.[index] ?? [],
    })),
    outputs,
    lockTime: options.lockTime ?? 0,
  });
}

/** The first output of a block's coinbase. */
export function coinbaseOutPoint(block: Block): OutPoint {
  return { txid: (block.transactions[0] as Transaction).txid, vout: 0 };
}

/** A chain of `count` empty blocks on top of `prev`, whose height is `height`. */
export function buildEmptyBlocks(
  prev: Block,
  height: number,
  count: number,
  tag = 0,
  padding?: number,
): Block[] {
  const blocks: Block[] = [];
  const extra = padding === undefined ? {} : { padding };
  for (let i = 1; i <= count; i++) {
    blocks.push(buildBlock({ prev: blocks.at(-1) ?? prev, height: height + i, tag, ...extra }));
  }
  return blocks;
}

/** Hands blocks to the chain in order, as if they had been asked for. Returns the last result. */
export async function submit(chain: BlockChain, blocks: readonly Block[]) {
  const results = [];
  for (const block of blocks) results.push(await chain.processBlock(block, { requested: true }));
  return results;
}
