import { afterAll, describe, expect, it } from 'vitest';
import { buildBlock, solveBlock } from '../../../../regtest/branch/build-block.js';
import { doomedWith } from '../../../../regtest/branch/removed-blocks.js';
import { checkBlock, coinbaseHeightScript } from '../../../../src/consensus/block-check.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { checkProofOfWork } from '../../../../src/consensus/pow.js';
import { PowPool } from '../../../../src/miner/pow-pool.js';
import { Block } from '../../../../src/primitives/block.js';
import { hashToHex, toHex, ZERO_HASH } from '../../../../src/primitives/bytes.js';
import { SEQUENCE_FINAL, Transaction } from '../../../../src/primitives/transaction.js';

const PARAMS = chainParams('regtest').consensus;
const EASY = 0x207fffff;
/** 64 times as hard: a few hundred hashes. */
const HARDER = 0x2001ffff;
const SCRIPT = Uint8Array.of(0x51);

const pool = new PowPool(1);
afterAll(() => pool.stop());

function parts(height = 7) {
  const common = { version: 0x20000000, prevHash: ZERO_HASH, time: 1_700_000_000, bits: EASY };
  return { ...common, height, payTo: SCRIPT, value: 50e8 };
}

function spend(...from: readonly Transaction[]): Transaction {
  return Transaction.from({
    version: 2,
    inputs: from.map(({ txid }) => ({
      prevout: { txid, vout: 0 },
      scriptSig: new Uint8Array(),
      sequence: SEQUENCE_FINAL,
      witness: [Uint8Array.of(1)],
    })),
    outputs: [{ value: 1000, script: SCRIPT }],
    lockTime: 0,
  });
}

function coinbaseOf(block: Block): Transaction {
  const [coinbase] = block.transactions;
  if (coinbase === undefined) throw new Error('a block has a coinbase');
  return coinbase;
}

describe('a block that is built', () => {
  it.each([1, 16, 17, 128, 100_000])('has height %i in its coinbase', height => {
    const { inputs } = coinbaseOf(buildBlock(parts(height)));
    const wanted = coinbaseHeightScript(height);
    expect(inputs[0]?.scriptSig.subarray(0, wanted.length)).toEqual(wanted);
  });

  it.each([EASY, HARDER])('is valid once its work is done (bits %i)', async bits => {
    const coinbase = coinbaseOf(buildBlock(parts(1)));
    const block = await solveBlock(buildBlock({ ...parts(), bits, transactions: [spend(coinbase)] }), pool);
    expect(checkProofOfWork(block.hash, bits, PARAMS)).toBe(true);
    expect(checkBlock(block, PARAMS)).toBeUndefined();
    expect(Block.parse(block.raw).hash).toEqual(block.hash);
  });

  it('is another one with an extra nonce', () => {
    const plain = buildBlock(parts());
    const marked = buildBlock({ ...parts(), extraNonce: Uint8Array.of(1, 2, 3) });
    expect(hashToHex(marked.hash)).not.toBe(hashToHex(plain.hash));
    expect(toHex(coinbaseOf(marked).inputs[0]?.scriptSig ?? ZERO_HASH)).toBe('5703010203');
  });
});

describe('transactions that go for good with their blocks', () => {
  it('are those that spend a coinbase of them, and what spends those', () => {
    const elsewhere = coinbaseOf(buildBlock(parts(1)));
    const free = spend(elsewhere);
    const first = buildBlock({ ...parts(2), transactions: [free] });
    const child = spend(coinbaseOf(first), free);
    const second = buildBlock({ ...parts(3), transactions: [child, spend(child)] });
    expect(doomedWith([first, second])).toEqual(
      new Set([child, spend(child)].map(({ txid }) => hashToHex(txid))),
    );
  });
});
