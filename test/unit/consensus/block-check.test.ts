import { describe, expect, it } from 'vitest';
import {
  type BlockCheckOptions,
  checkBlock,
  checkBlockHeader,
  checkMutation,
  coinbaseHeightScript,
  contextualCheckBlock,
} from '../../../src/consensus/block-check.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { ConsensusParams } from '../../../src/consensus/params.js';
import { makeWitnessCommitment, witnessMerkleRoot } from '../../../src/consensus/witness.js';
import { Block } from '../../../src/primitives/block.js';
import { concatBytes, hashToHex, toHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader, type HeaderFields } from '../../../src/primitives/header.js';
import { merkleRoot } from '../../../src/primitives/merkle.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { Op } from '../../../src/script/opcodes.js';
import { TestHeaders } from '../../support/header-chain.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

const regtest = chainParams('regtest').consensus;
const NO_POW: BlockCheckOptions = { checkPow: false };

function blockOf(transactions: Transaction[], fields: Partial<HeaderFields> = {}): Block {
  const header = BlockHeader.from({
    version: 4,
    prevHash: ZERO_HASH,
    merkleRoot: merkleRoot(transactions.map(tx => tx.txid)).root,
    time: 1300000000,
    bits: 0x207fffff,
    nonce: 0,
    ...fields,
  });
  return Block.from(header, transactions);
}

function spend(seed: number, changes: Parameters<typeof transaction>[0] = {}): Transaction {
  return transaction({ inputs: [input({}, seed)], ...changes });
}

function withSigOps(count: number): Transaction {
  return transaction({ outputs: [output(0, new Uint8Array(count).fill(Op.OP_CHECKSIG))] });
}

describe('a block by itself', () => {
  const refusal = (block: Block, options = NO_POW) => checkBlock(block, regtest, options);

  it('passes', () => {
    expect(refusal(blockOf([coinbase(), spend(1), spend(2)]))).toBeUndefined();
    expect(checkBlock(chainParams('main').genesis, chainParams('main').consensus)).toBeUndefined();
  });

  it('passes again, but on its own network only', () => {
    const { genesis, consensus } = chainParams('regtest');
    expect(checkBlock(genesis, consensus)).toBeUndefined();
    expect(checkBlock(genesis, consensus)).toBeUndefined();
    expect(checkBlock(genesis, chainParams('main').consensus)?.reason).toBe('high-hash');
  });

  it('has done the work that its header claims', () => {
    const impossible = blockOf([coinbase()], { bits: 0x1d00ffff });
    const rejection = { result: 'invalid-header', reason: 'high-hash', debug: 'proof of work failed' };
    expect(checkBlockHeader(impossible.header, regtest)).toEqual(rejection);
    expect(refusal(impossible, {})).toEqual(rejection);
    expect(refusal(impossible)).toBeUndefined();
  });

  it('has the transactions that its header commits to', () => {
    const block = blockOf([coinbase()], { merkleRoot: ZERO_HASH });
    expect(refusal(block)).toEqual({
      result: 'mutated',
      reason: 'bad-txnmrklroot',
      debug: 'hashMerkleRoot mismatch',
    });
    expect(refusal(block, { ...NO_POW, checkMerkle: false })).toBeUndefined();
  });

  it('does not repeat transactions without changing the merkle root (CVE-2012-2459)', () => {
    const twice = spend(1);
    const valid = blockOf([coinbase(), spend(2), twice]);
    const mutated = Block.from(valid.header, [...valid.transactions, twice]);
    expect(refusal(valid)).toBeUndefined();
    expect(mutated.hash).toEqual(valid.hash);
    expect(refusal(mutated)).toEqual({
      result: 'mutated',
      reason: 'bad-txns-duplicate',
      debug: 'duplicate transaction',
    });
  });

  it('has a length within bounds, witness apart', () => {
    const rejection = { result: 'consensus', reason: 'bad-blk-length', debug: 'size limits failed' };
    expect(refusal(blockOf([]))).toEqual(rejection);
    const padded = (size: number) => blockOf([coinbase({ outputs: [output(0, new Uint8Array(size))] })]);
    const overhead = padded(900_000).baseSize - 900_000;
    expect(refusal(padded(1_000_000 - overhead))).toBeUndefined();
    expect(refusal(padded(1_000_001 - overhead))).toEqual(rejection);
  });

  it('has a coinbase, first and once', () => {
    expect(refusal(blockOf([spend(1)]))).toEqual({
      result: 'consensus',
      reason: 'bad-cb-missing',
      debug: 'first tx is not coinbase',
    });
    expect(refusal(blockOf([coinbase(), spend(1), coinbase()]))).toEqual({
      result: 'consensus',
      reason: 'bad-cb-multiple',
      debug: 'more than one coinbase',
    });
  });

  it('has transactions that pass by themselves', () => {
    const bad = transaction({ outputs: [output(-1)] });
    expect(refusal(blockOf([coinbase(), bad]))).toEqual({
      result: 'consensus',
      reason: 'bad-txns-vout-negative',
      debug: `Transaction check failed (tx hash ${hashToHex(bad.txid)}) `,
    });
  });

  it('has at most 20,000 signature operations that count four each', () => {
    expect(refusal(blockOf([coinbase(), withSigOps(20_000)]))).toBeUndefined();
    expect(refusal(blockOf([coinbase(), withSigOps(20_001)]))).toEqual({
      result: 'consensus',
      reason: 'bad-blk-sigops',
      debug: 'out-of-bounds SigOpCount',
    });
  });
});

/** Blocks on top of a regtest chain of 20 blocks, ten minutes apart. */
const HEIGHT = 20;
const view = new TestHeaders();
const prev = view.extend(NO_HEADER, HEIGHT, height => ({ time: 1300000000 + 600 * height }));
const BEFORE_SEGWIT = chainParams('regtest', { activationHeights: { segwit: 1000 } }).consensus;
const SCRIPT_SIG = concatBytes(coinbaseHeightScript(HEIGHT), Uint8Array.of(0));
const RESERVED = new Uint8Array(32).fill(9);

interface Witnessed {
  readonly scriptSig?: Uint8Array;
  /** The coinbase's witness. */
  readonly stack?: readonly Uint8Array[];
  /** Script of the coinbase's second output, by default the right commitment. */
  readonly commitment?: Uint8Array;
}

/** A block whose coinbase commits to the witnesses. */
function witnessed(transactions: Transaction[], changes: Witnessed = {}): Block {
  const { scriptSig = SCRIPT_SIG, stack = [RESERVED] } = changes;
  const root = witnessMerkleRoot(blockOf([coinbase(), ...transactions]));
  const commitment = changes.commitment ?? makeWitnessCommitment(root, stack[0]);
  const inputs = coinbase().inputs.map(original => ({ ...original, scriptSig, witness: stack }));
  return blockOf([coinbase({ inputs, outputs: [output(), output(0, commitment)] }), ...transactions]);
}

function refuse(block: Block, params: ConsensusParams = regtest) {
  return contextualCheckBlock(block, prev, view, params);
}

const SIGNED = transaction({ inputs: [input({ witness: [Uint8Array.of(1)] })] });

describe('a block on top of others', () => {
  it('passes', () => {
    expect(refuse(blockOf([coinbase({ scriptSig: SCRIPT_SIG }), spend(1)]))).toBeUndefined();
    expect(refuse(witnessed([SIGNED]))).toBeUndefined();
  });

  it('of genesis passes', () => {
    expect(contextualCheckBlock(chainParams('regtest').genesis, NO_HEADER, view, regtest)).toBeUndefined();
  });

  describe('has final transactions', () => {
    const rejection = { result: 'consensus', reason: 'bad-txns-nonfinal', debug: 'non-final transaction' };
    const locked = (lockTime: number) =>
      blockOf([
        coinbase({ scriptSig: SCRIPT_SIG }),
        spend(1, { lockTime, inputs: [input({ sequence: 0 })] }),
      ]);

    it('by height', () => {
      expect(refuse(locked(HEIGHT - 1))).toBeUndefined();
      expect(refuse(locked(HEIGHT))).toEqual(rejection);
    });

    it('by the median time past (BIP113)', () => {
      const median = view.medianTimePast(prev);
      expect(refuse(locked(median - 1))).toBeUndefined();
      expect(refuse(locked(median))).toEqual(rejection);
    });

    it("by the block's own time before that", () => {
      const params = chainParams('regtest', { activationHeights: { csv: 1000 } }).consensus;
      expect(refuse(locked(1300000000 - 1), params)).toBeUndefined();
      expect(refuse(locked(1300000000), params)).toEqual(rejection);
    });
  });

  it.each([
    [0, '00'],
    [1, '51'],
    [16, '60'],
    [17, '0111'],
    [127, '017f'],
    [128, '028000'],
    [256, '020001'],
    [32768, '03008000'],
    [840000, '0340d10c'],
  ])('of height %i has a coinbase that starts with %s (BIP34)', (height, script) => {
    expect(toHex(coinbaseHeightScript(height))).toBe(script);
  });

  it('has its height in the coinbase (BIP34)', () => {
    const rejection = {
      result: 'consensus',
      reason: 'bad-cb-height',
      debug: 'block height mismatch in coinbase',
    };
    const numbered = (scriptSig: Uint8Array) => blockOf([coinbase({ scriptSig })]);
    expect(refuse(numbered(coinbaseHeightScript(HEIGHT)))).toBeUndefined();
    expect(refuse(numbered(coinbaseHeightScript(HEIGHT + 1)))).toEqual(rejection);
    expect(refuse(numbered(Uint8Array.of(1)))).toEqual(rejection);
    // A longer push of the same number will not do.
    expect(refuse(numbered(Uint8Array.of(2, HEIGHT, 0)))).toEqual(rejection);
    const later = chainParams('regtest', { activationHeights: { bip34: HEIGHT + 1 } }).consensus;
    expect(refuse(numbered(new Uint8Array(5)), later)).toBeUndefined();
  });

  it('has a reserved value of 32 bytes if it commits to witnesses', () => {
    const rejection = {
      result: 'mutated',
      reason: 'bad-witness-nonce-size',
      debug: 'CheckWitnessMalleation : invalid witness reserved value size',
    };
    expect(refuse(witnessed([SIGNED], { stack: [] }))).toEqual(rejection);
    expect(refuse(witnessed([SIGNED], { stack: [new Uint8Array(31)] }))).toEqual(rejection);
    expect(refuse(witnessed([SIGNED], { stack: [RESERVED, RESERVED] }))).toEqual(rejection);
  });

  it('has the witnesses that it commits to', () => {
    const rejection = {
      result: 'mutated',
      reason: 'bad-witness-merkle-match',
      debug: 'CheckWitnessMalleation : witness merkle commitment mismatch',
    };
    expect(refuse(witnessed([SIGNED], { commitment: makeWitnessCommitment(ZERO_HASH) }))).toEqual(rejection);
    const valid = witnessed([SIGNED]);
    const stripped = valid.transactions.map((tx, i) => (i === 0 ? tx : transaction()));
    expect(refuse(Block.from(valid.header, stripped))).toEqual(rejection);
  });

  it('has no witness without a commitment, or before segwit', () => {
    const rejection = {
      result: 'mutated',
      reason: 'unexpected-witness',
      debug: 'CheckWitnessMalleation : unexpected witness data found',
    };
    expect(refuse(blockOf([coinbase({ scriptSig: SCRIPT_SIG }), SIGNED]))).toEqual(rejection);
    expect(refuse(witnessed([SIGNED]), BEFORE_SEGWIT)).toEqual(rejection);
    expect(refuse(witnessed([], { stack: [] }), BEFORE_SEGWIT)).toBeUndefined();
  });

  it('weighs at most 4,000,000 units', () => {
    const padded = (size: number) =>
      witnessed([transaction({ inputs: [input({ witness: [new Uint8Array(size)] })] })]);
    const overhead = padded(3_900_000).weight - 3_900_000;
    expect(refuse(padded(4_000_000 - overhead))).toBeUndefined();
    expect(refuse(padded(4_000_001 - overhead))).toEqual({
      result: 'consensus',
      reason: 'bad-blk-weight',
      debug: 'ContextualCheckBlock : weight limit failed',
    });
  });
});

describe('a mutated block', () => {
  it('has other transactions or witnesses than its header commits to', () => {
    const valid = witnessed([SIGNED]);
    const [first] = valid.transactions;
    expect(checkMutation(valid, true)).toBeUndefined();
    expect(checkMutation(Block.from(valid.header, first ? [first] : []), true)).toBeDefined();
    const otherWitness = Block.from(valid.header, first ? [first, transaction()] : []);
    expect(checkMutation(otherWitness, true)).toBeDefined();
    expect(checkMutation(otherWitness, false)).toBeDefined();
    expect(checkMutation(witnessed([], { stack: [] }), false)).toBeUndefined();
  });

  it('without a coinbase is one with a transaction of 64 bytes, which could be an inner node', () => {
    const sized = (size: number) => transaction({ outputs: [output(0, new Uint8Array(size))] });
    const small = [sized(4), sized(5)].map(tx => [tx.baseSize, checkMutation(blockOf([tx]), true)?.reason]);
    expect(small).toEqual([
      [64, 'bad-txnmrklroot'],
      [65, undefined],
    ]);
  });
});
