import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinkConditions, PERFECT_LINK } from '../../../../regtest/links/conditions.js';
import { LinkSchedule } from '../../../../regtest/links/schedule.js';
import { Random } from '../../../../regtest/random.js';

const conditions = fc.record({
  latencyMs: fc.integer({ min: 0, max: 1000 }),
  jitterMs: fc.integer({ min: 0, max: 1000 }),
  bandwidthKbps: fc.integer({ min: 0, max: 100_000 }),
  loss: fc.double({ min: 0, max: 0.9, noNaN: true }),
  down: fc.constant(false),
});
const sends = fc.array(fc.record({ bytes: fc.nat(20_000), afterMs: fc.nat(50) }), { maxLength: 30 });

function arrivals(seed: number, link: LinkConditions, pieces: readonly { bytes: number; afterMs: number }[]) {
  const schedule = new LinkSchedule(new Random(seed));
  let now = 0;
  return pieces.map(({ bytes, afterMs }) => {
    now += afterMs;
    return { sent: now, arrived: schedule.arrival(bytes, now, link) };
  });
}

describe('when bytes come out of a link', () => {
  it('a perfect link delivers at once', () => {
    expect(new LinkSchedule(new Random(1)).arrival(1_000_000, 5, PERFECT_LINK)).toBe(5);
  });

  it('latency delays, bandwidth spaces out', () => {
    const schedule = new LinkSchedule(new Random(1));
    const link = { ...PERFECT_LINK, latencyMs: 100, bandwidthKbps: 8 };
    // A byte takes a millisecond at 8 kbit/s.
    expect(schedule.arrival(50, 0, link)).toBe(150);
    expect(schedule.arrival(50, 10, link)).toBe(200);
    expect(schedule.arrival(50, 1000, link)).toBe(1150);
  });

  it('a lost packet comes after a timeout of TCP', () => {
    const schedule = new LinkSchedule(new Random(1));
    const link = { ...PERFECT_LINK, latencyMs: 10, loss: 0.9 };
    const waits = new Set(
      Array.from({ length: 50 }, (_, i) => Math.round(schedule.arrival(1, i * 1e6, link) - i * 1e6 - 10)),
    );
    for (const wait of waits) expect(wait % 200).toBe(0);
    expect(waits.size).toBeGreaterThan(3);
  });

  it('as many packets as promised are lost', () => {
    const schedule = new LinkSchedule(new Random(7));
    const link = { ...PERFECT_LINK, loss: 0.2 };
    const delayed = Array.from({ length: 20_000 }, (_, i) => schedule.arrival(1, i * 1e6, link) > i * 1e6);
    expect(delayed.filter(Boolean).length / 20_000).toBeCloseTo(0.2, 1);
  });

  it('nothing overtakes, nothing comes before its latency, and the same seed gives the same times', () => {
    fc.assert(
      fc.property(fc.nat(), conditions, sends, (seed, link, pieces) => {
        const first = arrivals(seed, link, pieces);
        for (const [i, { sent, arrived }] of first.entries()) {
          expect(arrived).toBeGreaterThanOrEqual(sent + link.latencyMs);
          if (i > 0) expect(arrived).toBeGreaterThanOrEqual(first[i - 1]?.arrived ?? 0);
        }
        expect(arrivals(seed, link, pieces)).toEqual(first);
      }),
    );
  });
});
