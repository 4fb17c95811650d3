import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import {
  calculateNextWork,
  checkProofOfWork,
  nextWorkRequired,
  permittedDifficultyTransition,
} from '../../../src/consensus/pow.js';
import type { Hash256 } from '../../../src/primitives/bytes.js';
import { blockWork, decodeCompact, encodeCompact, hashToNumber } from '../../../src/primitives/target.js';
import { TestHeaders } from '../../support/header-chain.js';

const main = chainParams('main').consensus;
const test = chainParams('test').consensus;
const testnet4 = chainParams('testnet4').consensus;
const regtest = chainParams('regtest').consensus;

const EASIEST = 0x1d00ffff;
const HARDER = 0x1c00ffff;

function hashOf(value: bigint): Hash256 {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}

describe('proof of work', () => {
  it('is a hash not above the target', () => {
    const { target } = decodeCompact(HARDER);
    expect(checkProofOfWork(hashOf(target), HARDER, main)).toBe(true);
    expect(checkProofOfWork(hashOf(target - 1n), HARDER, main)).toBe(true);
    expect(checkProofOfWork(hashOf(target + 1n), HARDER, main)).toBe(false);
    expect(checkProofOfWork(hashOf(0n), HARDER, main)).toBe(true);
  });

  it.each([
    ['negative', 0x1d80ffff],
    ['zero', 0],
    ['zero by its mantissa', 0x1d000000],
    ['too big for 256 bits', 0xff7fffff],
    ['easier than the limit', 0x1d01ffff],
  ])('no hash will do for a target that is %s', (_, bits) => {
    expect(checkProofOfWork(hashOf(1n), bits, main)).toBe(false);
  });

  it('compares as the numbers do', () => {
    const bits = fc.oneof(
      fc.integer({ min: 0, max: 0x207fffff }),
      fc.tuple(fc.integer({ min: 0, max: 34 }), fc.nat(0x7fffff)).map(([size, m]) => size * 0x1000000 + m),
    );
    const near = fc.tuple(
      bits,
      fc.bigInt({ min: -3n, max: 3n }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    );
    fc.assert(
      fc.property(near, fc.boolean(), ([compact, delta, random], isNear) => {
        const { target, negative, overflow } = decodeCompact(compact);
        const inRange = !negative && !overflow && target > 0n && target <= regtest.powLimit;
        const hash = isNear && inRange && target + delta >= 0n ? hashOf(target + delta) : random;
        const expected = inRange && hashToNumber(hash) <= target;
        expect(checkProofOfWork(hash, compact, regtest)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Work for the block after a period of 2016 blocks that took `timespan` seconds at `bits`. */
function retarget(bits: number, timespan: number, params = main): number {
  const view = new TestHeaders();
  const last = view.extend(NO_HEADER, 2016, height => ({ bits, time: height === 2015 ? timespan : 0 }));
  return nextWorkRequired(last, timespan + 600, view, params);
}

describe('retargeting', () => {
  it.each([
    ['unbounded', 1261130161, 1262152739, 0x1d00ffff, 0x1d00d86a],
    ['bounded by the limit', 1231006505, 1233061996, 0x1d00ffff, 0x1d00ffff],
    ['bounded below at a quarter of the time', 1279008237, 1279297671, 0x1c05a3f4, 0x1c0168fd],
    ['bounded above at four times', 1263163443, 1269211443, 0x1c387f6f, 0x1d00e1fd],
  ])('mainnet history: %s', (_, first, last, bits, expected) => {
    const view = new TestHeaders();
    const id = view.extend(NO_HEADER, 2016, height => ({ bits, time: height === 0 ? first : last }));
    expect(calculateNextWork(id, first, view, main)).toBe(expected);
    expect(permittedDifficultyTransition(main, 2016, bits, expected)).toBe(true);
  });

  it('leaves the target alone when a period takes two weeks', () => {
    expect(retarget(HARDER, main.powTargetTimespan)).toBe(HARDER);
  });

  it('changes nothing within a period', () => {
    const view = new TestHeaders();
    const prev = view.extend(NO_HEADER, 2015, () => ({ bits: HARDER }));
    expect(nextWorkRequired(prev, 1e9, view, main)).toBe(HARDER);
    expect(permittedDifficultyTransition(main, 2015, HARDER, HARDER)).toBe(true);
    expect(permittedDifficultyTransition(main, 2015, HARDER, HARDER + 1)).toBe(false);
  });

  it('never changes the difficulty more than fourfold, nor beyond the limit, and what it asks is permitted', () => {
    const bits = fc.tuple(fc.integer({ min: 5, max: 0x1c }), fc.integer({ min: 0x8000, max: 0x7fffff }));
    fc.assert(
      fc.property(bits, fc.integer({ min: -1e7, max: 1e8 }), ([size, mantissa], timespan) => {
        const old = size * 0x1000000 + mantissa;
        const next = retarget(old, Math.max(timespan, 0));
        const [before, after] = [blockWork(old), blockWork(next)];
        expect(after <= before * 4n + before / 1000n + 4n).toBe(true);
        expect(after >= before / 4n - before / 1000n - 1n || next === EASIEST).toBe(true);
        expect(decodeCompact(next).target <= main.powLimit).toBe(true);
        expect(permittedDifficultyTransition(main, 2016, old, next)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('permits no step beyond the bounds', () => {
    expect(permittedDifficultyTransition(main, 68544, 0x1c05a3f4, 0x1c0168fd)).toBe(true);
    expect(permittedDifficultyTransition(main, 68544, 0x1c05a3f4, 0x1c0168fc)).toBe(false);
    expect(permittedDifficultyTransition(main, 46368, 0x1c387f6f, 0x1d00e1fd)).toBe(true);
    expect(permittedDifficultyTransition(main, 46368, 0x1c387f6f, 0x1d00e1fe)).toBe(false);
  });

  it('does not happen on regtest', () => {
    const view = new TestHeaders();
    const last = view.extend(NO_HEADER, 144, () => ({ bits: 0x207fffff, time: 5 }));
    expect(nextWorkRequired(last, 6, view, regtest)).toBe(0x207fffff);
  });
});

describe('testnet: late blocks may be easy', () => {
  /** A chain whose blocks from height 10 on have `bits`. */
  function late(bits: number): [TestHeaders, number] {
    const view = new TestHeaders();
    const prev = view.extend(NO_HEADER, 20, height => ({ bits: height < 10 ? HARDER : bits }));
    return [view, prev];
  }

  it('after more than 20 minutes', () => {
    const [view, prev] = late(HARDER);
    expect(nextWorkRequired(prev, view.time(prev) + 1201, view, test)).toBe(EASIEST);
    expect(nextWorkRequired(prev, view.time(prev) + 1200, view, test)).toBe(HARDER);
  });

  it('and do not make it easy for those that follow', () => {
    const [view, prev] = late(EASIEST);
    expect(nextWorkRequired(prev, view.time(prev) + 600, view, test)).toBe(HARDER);
  });

  it('the search for the real target ends at the first block of the period', () => {
    const view = new TestHeaders();
    const prev = view.extend(NO_HEADER, 2020, height => ({ bits: height < 2016 ? HARDER : EASIEST }));
    expect(nextWorkRequired(prev, view.time(prev) + 600, view, test)).toBe(EASIEST);
  });

  it('any transition is permitted', () => {
    expect(permittedDifficultyTransition(test, 5, HARDER, EASIEST)).toBe(true);
  });

  it('testnet3 takes an easy last block for the base of the next period, testnet4 (BIP94) the first block', () => {
    const view = new TestHeaders();
    const time = (height: number) => (height * test.powTargetTimespan) / 2015;
    const last = view.extend(NO_HEADER, 2016, height => ({
      bits: height === 2015 ? EASIEST : HARDER,
      time: time(height),
    }));
    expect(nextWorkRequired(last, time(2016), view, test)).toBe(EASIEST);
    expect(nextWorkRequired(last, time(2016), view, testnet4)).toBe(HARDER);
  });
});

describe('a regtest that retargets', () => {
  const PERIOD = 32;
  const SPACING = 600;
  const DIFFICULTY = 64n;
  const retargeting = { blocks: PERIOD, spacing: SPACING, difficulty: Number(DIFFICULTY) };
  const { consensus: params, genesis } = chainParams('regtest', { retarget: retargeting });
  const firstBits = encodeCompact(params.powLimit / DIFFICULTY);
  const targetOf = (bits: number) => decodeCompact(bits).target;

  /** Bits of the block after the first period, when its blocks came every `seconds`. */
  function adjusted(seconds: number, bits = firstBits): number {
    const view = new TestHeaders();
    const last = view.extend(NO_HEADER, PERIOD, height => ({
      time: height * seconds,
      bits: height === 0 ? genesis.header.bits : bits,
    }));
    return nextWorkRequired(last, PERIOD * seconds, view, params);
  }

  it('begins with the difficulty that was asked for, whatever genesis has', () => {
    const view = new TestHeaders();
    const first = view.add(NO_HEADER, { bits: genesis.header.bits });
    expect(nextWorkRequired(first, 600, view, params)).toBe(firstBits);
    expect(permittedDifficultyTransition(params, 1, genesis.header.bits, firstBits)).toBe(true);
    expect(permittedDifficultyTransition(params, 1, genesis.header.bits, genesis.header.bits)).toBe(false);
  });

  it('keeps it within a period, also for late blocks', () => {
    const view = new TestHeaders();
    const prev = view.extend(NO_HEADER, 5, () => ({ bits: firstBits }));
    expect(nextWorkRequired(prev, view.time(prev) + 100 * SPACING, view, params)).toBe(firstBits);
  });

  // A period of n blocks is measured by n - 1 intervals, here as on mainnet.
  it('scales it by the time of a period', () => {
    const scaled = (targetOf(firstBits) * BigInt(2 * SPACING * (PERIOD - 1))) / BigInt(SPACING * PERIOD);
    expect(adjusted(2 * SPACING)).toBe(encodeCompact(scaled));
    expect(targetOf(adjusted(SPACING / 2))).toBeLessThan(targetOf(firstBits));
  });

  it('changes it fourfold at most, either way', () => {
    expect(adjusted(100 * SPACING)).toBe(encodeCompact(targetOf(firstBits) * 4n));
    expect(adjusted(1)).toBe(encodeCompact(targetOf(firstBits) / 4n));
  });

  it('never makes it easier than the limit, although the product overflows 256 bits', () => {
    expect(adjusted(100 * SPACING, encodeCompact(params.powLimit / 2n))).toBe(encodeCompact(params.powLimit));
  });

  it('permits what an adjustment can give', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * SPACING }), seconds => {
        expect(permittedDifficultyTransition(params, PERIOD, firstBits, adjusted(seconds))).toBe(true);
      }),
    );
  });
});

describe('the easiest target of every network', () => {
  it.each(['main', 'test', 'testnet4', 'signet', 'regtest'] as const)('%s has that of genesis', name => {
    const { consensus, genesis } = chainParams(name);
    expect(genesis.header.bits).toBe(encodeCompact(consensus.powLimit));
  });
});
