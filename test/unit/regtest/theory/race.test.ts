import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  catchUp,
  expectedBlocksToCatchUp,
  expectedCostToCatchUp,
  expectedTimeToCatchUp,
  giveUpForTolerance,
  type RaceState,
  raceChance,
  raceOutlook,
  rosenfeld,
  ruinTable,
  strictlyLonger,
} from '../../../../regtest/theory/index.js';

const INFINITE = Number.POSITIVE_INFINITY;
const minorityShare = fc.double({ min: 0.01, max: 0.49, noNaN: true });
const anyShare = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const confirmations = fc.integer({ min: 0, max: 30 });

describe('giving up', () => {
  it("is the gambler's ruin", () => {
    const r = 0.7 / 0.3;
    for (const deficit of [1, 2, 5, 9]) {
      expect(catchUp(0.3, deficit, 10)).toBeCloseTo((1 - r ** (10 - deficit)) / (1 - r ** 10), 12);
      expect(catchUp(0.7, deficit, 10)).toBeCloseTo((1 - r ** (deficit - 10)) / (1 - r ** -10), 12);
    }
    expect(catchUp(0.5, 3, 10)).toBeCloseTo(0.7, 15);
  });

  it('does not overflow', () => {
    expect(catchUp(0.01, 2, 5000)).toBeCloseTo(catchUp(0.01, 2), 15);
  });

  it('the draw is certain at no deficit, out of reach at the limit, and certain for a patient majority', () => {
    expect(catchUp(0.3, 0, 10)).toBe(1);
    expect(catchUp(0.3, 10, 10)).toBe(0);
    expect(catchUp(0.6, 1000)).toBe(1);
  });

  it('a majority closes a deficit of d in d/(q-p) blocks on average', () => {
    expect(expectedBlocksToCatchUp(0.6, 3)).toBeCloseTo(15, 10);
    expect(expectedBlocksToCatchUp(0.5, 3)).toBe(INFINITE);
  });

  it('takes time and money in proportion to those blocks', () => {
    expect(expectedTimeToCatchUp(0.6, 3, 600)).toBeCloseTo(9000, 8);
    expect(expectedCostToCatchUp(0.6, 3, 100)).toBeCloseTo(0.6 * 15 * 100, 8);
  });

  it('takes, from each deficit, a step more than from the deficits on both sides of it', () => {
    fc.assert(
      fc.property(anyShare, fc.integer({ min: 2, max: 40 }), (q, giveUp) => {
        const { win, steps, stepsOfWins } = ruinTable(q, giveUp);
        for (let d = 1; d < giveUp; d++) {
          const mean = (of: Float64Array) => q * (of[d - 1] ?? 0) + (1 - q) * (of[d + 1] ?? 0);
          expect(win[d]).toBeCloseTo(mean(win), 10);
          expect(steps[d]).toBeCloseTo(1 + mean(steps), 6);
          expect(stepsOfWins[d]).toBeCloseTo((win[d] ?? 0) + mean(stepsOfWins), 6);
        }
      }),
    );
  });
});

describe('chance where a race stands', () => {
  it('at the start, without giving up, is the formula', () => {
    fc.assert(
      fc.property(minorityShare, confirmations, (q, z) => {
        const start = { honest: 0, attacker: 0, depth: z, giveUp: INFINITE };
        expect(raceChance(q, start)).toBeCloseTo(strictlyLonger(q, z), 12);
      }),
    );
  });

  it('is the mean of the chances after either next block', () => {
    const honest = fc.integer({ min: 0, max: 8 });
    const giveUp = fc.constantFrom(3, 7, 20, INFINITE);
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(share, honest, honest, honest, giveUp, (q, h, a, depth, limit) => {
        fc.pre(h - a < limit && !(h >= depth && a > h));
        const at = (honest: number, attacker: number) =>
          raceChance(q, { honest, attacker, depth, giveUp: limit });
        expect(at(h, a)).toBeCloseTo(q * at(h, a + 1) + (1 - q) * at(h + 1, a), 10);
      }),
    );
  });

  it('gives the least deficit whose giving up costs less than is tolerated', () => {
    const giveUp = giveUpForTolerance(0.3, 3, 0.001, 100);
    const loss = (limit: number) =>
      strictlyLonger(0.3, 3) - raceChance(0.3, { honest: 0, attacker: 0, depth: 3, giveUp: limit });
    expect(loss(giveUp)).toBeLessThanOrEqual(0.001);
    expect(loss(giveUp - 1)).toBeGreaterThan(0.001);
  });

  it('with a lead of 0 is the chance to draw level, and with a block in store that of a tie', () => {
    fc.assert(
      fc.property(minorityShare, fc.integer({ min: 1, max: 20 }), (q, z) => {
        const start = { honest: 0, attacker: 0, depth: z, giveUp: INFINITE };
        expect(raceChance(q, { ...start, lead: 0 })).toBeCloseTo(rosenfeld(q, z), 12);
        expect(raceChance(q, { ...start, attacker: 1 })).toBeCloseTo(rosenfeld(q, z), 12);
      }),
    );
  });
});

describe('all courses of a race', () => {
  /** Every course, block by block, down to those that are too unlikely to matter. */
  function enumerate(q: number, state: RaceState) {
    const { depth, giveUp, lead = 1, limit = INFINITE } = state;
    const sums = { chance: 0, tooLate: 0, blocks: 0, attackerBlocksOfWins: 0, honestBlocksOfWins: 0 };
    let states = new Map([[`${state.honest},${state.attacker}`, 1]]);
    while (states.size > 0) {
      const next = new Map<string, number>();
      for (const [key, chance] of states) {
        const [honest = 0, attacker = 0] = key.split(',').map(Number);
        if (chance < 1e-16 || honest - attacker >= giveUp) continue;
        if (honest >= depth && attacker >= honest + lead) {
          if (honest > limit) sums.tooLate += chance;
          else {
            sums.chance += chance;
            sums.attackerBlocksOfWins += chance * attacker;
            sums.honestBlocksOfWins += chance * honest;
          }
          continue;
        }
        sums.blocks += chance;
        for (const [to, part] of [
          [`${honest},${attacker + 1}`, q],
          [`${honest + 1},${attacker}`, 1 - q],
        ] as const)
          next.set(to, (next.get(to) ?? 0) + chance * part);
      }
      states = next;
    }
    return sums;
  }

  it.each([
    [0.3, { depth: 3, giveUp: 5 }],
    [0.45, { depth: 2, giveUp: 6, lead: 0 }],
    [0.6, { depth: 4, giveUp: 4 }],
    [0.4, { depth: 3, giveUp: 6, limit: 4 }],
    [0.4, { depth: 3, giveUp: 6, limit: 2 }],
    [0.5, { depth: 0, giveUp: 3, attacker: 0 }],
    [0.35, { depth: 3, giveUp: 5, attacker: 2 }],
    [0.35, { depth: 3, giveUp: 5, attacker: 9 }],
    [0.3, { depth: 2, giveUp: 5, honest: 4, attacker: 3 }],
  ])('q=%d %o: are followed exactly', (q, rules) => {
    const state = { honest: 0, attacker: 0, ...rules };
    const outlook = raceOutlook(q, state);
    const sums = enumerate(q, state);
    for (const name of ['chance', 'tooLate', 'blocks', 'attackerBlocksOfWins', 'honestBlocksOfWins'] as const)
      expect(outlook[name], name).toBeCloseTo(sums[name], 8);
  });

  it('a limit only moves chances from success to too late', () => {
    fc.assert(
      fc.property(
        anyShare,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 9 }),
        (q, depth, limit) => {
          const start = { honest: 0, attacker: 0, depth, giveUp: 12 };
          const { chance, tooLate } = raceOutlook(q, { ...start, limit });
          expect(chance + tooLate).toBeCloseTo(raceChance(q, start), 10);
        },
      ),
    );
  });
});
