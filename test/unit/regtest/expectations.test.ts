import { describe, expect, it } from 'vitest';
import { ATTACK_KINDS, metricsOf } from '../../../regtest/attack-kinds.js';
import { checkMetric, judge, parseExpectation } from '../../../regtest/expectations.js';
import { PRESETS } from '../../../regtest/presets.js';

describe('expectations', () => {
  it.each([
    ['rate<0.2', 0.1, true],
    ['rate<0.2', 0.2, false],
    ['rate <= 0.2', 0.2, true],
    ['reorg>=6', 6, true],
    ['reorg>6', 6, false],
    ['success=1', 1, true],
    ['success == 1', 0, false],
    ['success!=1', 0, true],
    ['rate<20%', 0.19, true],
    ['rate<1e-3', 0.002, false],
    ['split<.5', 0.4, true],
  ])('%s with %d: %s', (text, measured, holds) => {
    expect(judge(parseExpectation(text), measured).holds).toBe(holds);
  });

  it('are not met by what was not measured', () => {
    expect(judge(parseExpectation('reorg>=0'), undefined)).toMatchObject({ holds: false });
    expect(judge(parseExpectation('reorg>=0'), Number.NaN)).toMatchObject({ holds: false });
  });

  it.each(['', 'rate', 'rate<', '<0.2', 'rate~0.2', 'rate<0.2.1', 'rate<abc', 'a b<1', 'rate<0.2; x'])(
    'refuse %o',
    text => {
      expect(() => parseExpectation(text)).toThrow(RangeError);
    },
  );

  it('are about figures that there are', () => {
    expect(() => checkMetric(parseExpectation('rate<1'), metricsOf('censor'))).not.toThrow();
    expect(() => checkMetric(parseExpectation('luck<1'), metricsOf('censor'))).toThrow(
      /no figure "luck": rate/,
    );
    for (const kind of ATTACK_KINDS) expect(metricsOf(kind)).toContain('rate');
  });
});

describe('presets', () => {
  it('say what is known and what is not', () => {
    for (const { title, facts, assumptions, hashrate, confirmations } of Object.values(PRESETS)) {
      expect(title).toMatch(/\d{4}$/);
      expect(facts.length).toBeGreaterThan(0);
      expect(assumptions.length).toBeGreaterThan(0);
      expect(hashrate).toBeGreaterThan(0);
      expect(confirmations).toBeGreaterThan(0);
    }
  });

  it('undo as many blocks as were undone', () => {
    const undone = Object.entries(PRESETS).map(([name, { hashrate, confirmations }]) => [
      name,
      hashrate >= 0.5 ? confirmations + 1 : confirmations,
    ]);
    expect(Object.fromEntries(undone)).toMatchObject({
      'bitcoin-gold-2020': 14,
      'bitcoin-gold-2020-second': 15,
      'etc-2020': 3700,
      'monero-2025': 18,
    });
  });
});
