import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { LOCKTIME_THRESHOLD } from '../../../src/consensus/limits.js';
import {
  calculateSequenceLocks,
  evaluateSequenceLocks,
  isFinalTx,
  isSequenceLockDisabled,
} from '../../../src/consensus/tx-verify.js';
import { SEQUENCE_FINAL } from '../../../src/primitives/transaction.js';
import { TestHeaders } from '../../support/header-chain.js';
import { input, transaction } from '../../support/transactions.js';

describe('lock time', () => {
  const locked = (lockTime: number, ...sequences: number[]) =>
    transaction({ lockTime, inputs: sequences.map((sequence, i) => input({ sequence }, i + 1)) });

  it('of zero never locks', () => {
    expect(isFinalTx(locked(0, 0), 0, 0)).toBe(true);
  });

  it('below 500,000,000 is the last height at which the transaction cannot be in a block', () => {
    expect(isFinalTx(locked(100, 0), 100, 2 ** 31)).toBe(false);
    expect(isFinalTx(locked(100, 0), 101, 0)).toBe(true);
    expect(isFinalTx(locked(LOCKTIME_THRESHOLD - 1, 0), LOCKTIME_THRESHOLD, 0)).toBe(true);
  });

  it('from 500,000,000 on is the last such time', () => {
    expect(isFinalTx(locked(LOCKTIME_THRESHOLD, 0), 2 ** 30, LOCKTIME_THRESHOLD)).toBe(false);
    expect(isFinalTx(locked(LOCKTIME_THRESHOLD, 0), 0, LOCKTIME_THRESHOLD + 1)).toBe(true);
  });

  it('is off when every input is final', () => {
    expect(isFinalTx(locked(100, SEQUENCE_FINAL, SEQUENCE_FINAL), 1, 1)).toBe(true);
    expect(isFinalTx(locked(100, SEQUENCE_FINAL, SEQUENCE_FINAL - 1), 1, 1)).toBe(false);
  });
});

const BLOCKS = 100;
const view = new TestHeaders();
/** Blocks ten minutes apart; the block in question has height 100. */
const prev = view.extend(NO_HEADER, BLOCKS, height => ({ time: 600 * height }));
const TIME_FLAG = 1 << 22;

function locks(sequences: number[], heights: number[], version = 2, enforce = true) {
  const tx = transaction({ version, inputs: sequences.map((sequence, i) => input({ sequence }, i + 1)) });
  return calculateSequenceLocks(tx, heights, prev, view, enforce);
}

describe('relative lock time (BIP68)', () => {
  it('in blocks ends that many blocks after the coin', () => {
    const lock = locks([10], [90]);
    expect(lock).toEqual({ minHeight: 99, minTime: -1 });
    expect(evaluateSequenceLocks(lock, prev, view)).toBe(true);
    expect(evaluateSequenceLocks(locks([11], [90]), prev, view)).toBe(false);
  });

  it('of zero blocks lets a coin be spent in its own block', () => {
    expect(evaluateSequenceLocks(locks([0], [BLOCKS]), prev, view)).toBe(true);
    expect(evaluateSequenceLocks(locks([1], [BLOCKS]), prev, view)).toBe(false);
  });

  it('in time runs in units of 512 seconds from the median time past before the coin', () => {
    const from = view.medianTimePast(89);
    const lock = locks([TIME_FLAG | 3], [90]);
    expect(lock).toEqual({ minHeight: -1, minTime: from + 3 * 512 - 1 });
    expect(evaluateSequenceLocks(lock, prev, view)).toBe(true);
    const elapsed = Math.floor((view.medianTimePast(prev) - from) / 512);
    expect(evaluateSequenceLocks(locks([TIME_FLAG | elapsed], [90]), prev, view)).toBe(true);
    expect(evaluateSequenceLocks(locks([TIME_FLAG | (elapsed + 1)], [90]), prev, view)).toBe(false);
  });

  it('of a coin of genesis runs from genesis', () => {
    expect(locks([TIME_FLAG | 1], [0]).minTime).toBe(view.medianTimePast(0) + 511);
  });

  it('of several inputs is the longest of each kind', () => {
    const lock = locks([5, TIME_FLAG | 2, 7, TIME_FLAG | 1], [50, 60, 40, 70]);
    expect(lock).toEqual({ minHeight: 54, minTime: view.medianTimePast(69) + 512 - 1 });
  });

  it.each([
    ['the sequence number says so', [0x80000000 + 0xffff], 2, true],
    ['the version is below 2', [0xffff], 1, true],
    ['BIP68 is not yet in force', [0xffff], 2, false],
  ] as const)('is off when %s', (_, sequences, version, enforce) => {
    const lock = locks([...sequences], [99], version, enforce);
    expect(lock).toEqual({ minHeight: -1, minTime: -1 });
    expect(evaluateSequenceLocks(lock, prev, view)).toBe(true);
  });

  it('is on for negative versions, which are compared unsigned', () => {
    expect(locks([1], [99], -1).minHeight).toBe(99);
  });

  it('agrees with the definition for any inputs', () => {
    const anyInput = fc.record({
      units: fc.nat(200),
      inTime: fc.boolean(),
      disabled: fc.boolean(),
      noise: fc.nat(63),
      height: fc.nat(BLOCKS),
    });
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 1, maxLength: 5 }), inputs => {
        const sequences = inputs.map(({ units, inTime, disabled, noise }) => {
          // Bits between the length and the flags mean nothing.
          const flags = (inTime ? TIME_FLAG : 0) + noise * 0x10000;
          return units + flags + (disabled ? 0x80000000 : 0);
        });
        const satisfied = inputs.every(({ units, inTime, disabled, height }) => {
          if (disabled) return true;
          if (!inTime) return BLOCKS >= height + units;
          return view.medianTimePast(prev) >= view.medianTimePast(Math.max(height - 1, 0)) + units * 512;
        });
        const lock = locks(
          sequences,
          inputs.map(({ height }) => height),
        );
        expect(evaluateSequenceLocks(lock, prev, view)).toBe(satisfied);
        expect(sequences.map(isSequenceLockDisabled)).toEqual(inputs.map(({ disabled }) => disabled));
      }),
    );
  });
});
