import { describe, expect, it } from 'vitest';
import { blockCheckSteps, checkBlock, mutationSteps } from '../../../src/consensus/block-check.js';
import { Block } from '../../../src/primitives/block.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import type { Steps } from '../../../src/runtime/steps.js';
import {
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
} from '../../support/chain-builder.js';

const { consensus } = REGTEST;
const BEFORE = buildEmptyBlocks(REGTEST.genesis, 0, 5);

/** A transaction of so many bytes. Its coin need not be there. */
function spendOf(size: number, index = 0, value = 0): Transaction {
  const from = coinbaseOutPoint(defined(BEFORE[index], 'block'));
  const witnesses = [[new Uint8Array(32)]];
  return buildSpend([from], [{ value, script: new Uint8Array(size).fill(0x51) }], { witnesses });
}

function blockOf(transactions: readonly Transaction[]): Block {
  return buildBlock({ prev: defined(BEFORE.at(-1), 'tip'), height: 6, transactions });
}

/** A fresh copy, of which nothing is known. */
function fresh(block: Block): Block {
  return Block.parse(Uint8Array.from(block.raw));
}

function run<T>(steps: Steps<T>): { readonly result: T; readonly yields: number } {
  for (let yields = 0; ; yields++) {
    const step = steps.next();
    if (step.done === true) return { result: step.value, yields };
  }
}

describe('a check of a block', () => {
  const small = blockOf([spendOf(100)]);
  const large = blockOf([0, 1, 2].map(index => spendOf(150_000, index)));

  it('that is small takes one step', () => {
    expect(run(blockCheckSteps(fresh(small), consensus))).toEqual({ result: undefined, yields: 0 });
    expect(run(mutationSteps(fresh(small), true))).toEqual({ result: undefined, yields: 0 });
  });

  it('that is large takes several; once it has passed, one', () => {
    const block = fresh(large);
    const { result, yields } = run(blockCheckSteps(block, consensus));
    expect(result).toBeUndefined();
    // Before, between and after two lots: for ids, rules and signature operations.
    expect(yields).toBe(9);
    expect(run(blockCheckSteps(block, consensus)).yields).toBe(0);
    const other = fresh(large);
    expect(run(mutationSteps(other, true))).toEqual({ result: undefined, yields: 6 });
    expect(run(mutationSteps(other, true)).yields).toBe(0);
  });

  it('finds what is wrong in a later step', () => {
    const bad = blockOf([spendOf(150_000), spendOf(150_000, 1), spendOf(10, 2, -1)]);
    expect(run(blockCheckSteps(fresh(bad), consensus)).result?.reason).toBe('bad-txns-vout-negative');
    expect(checkBlock(fresh(bad), consensus)).toEqual(run(blockCheckSteps(fresh(bad), consensus)).result);
  });

  it('finds other transactions than the header commits to', () => {
    const { header, transactions } = large;
    const mutated = Block.from(header, [...transactions.slice(0, -1), spendOf(150_000, 3)]);
    expect(run(mutationSteps(fresh(mutated), true)).result?.reason).toBe('bad-txnmrklroot');
    const inflated = Block.from(header, [
      ...transactions.slice(0, -1),
      buildSpend(
        [coinbaseOutPoint(defined(BEFORE[2], 'block'))],
        [...defined(transactions.at(-1), 'last').outputs],
        {
          witnesses: [[new Uint8Array(33)]],
        },
      ),
    ]);
    expect(run(mutationSteps(fresh(inflated), true)).result?.reason).toBe('bad-witness-merkle-match');
  });
});
