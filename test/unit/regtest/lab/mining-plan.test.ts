import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../../regtest/control/lab-error.js';
import { readPlan } from '../../../../regtest/lab/mining-plan.js';
import { ParamReader } from '../../../../regtest/lab/param-reader.js';
import { checkPlan } from '../../../../regtest/mining/check-plan.js';
import type { MiningPlan } from '../../../../regtest/mining/plan.js';

const NODES = 3;

const read = (plan: unknown) => readPlan(new ParamReader(plan, 'plan of mining'), NODES);

/** What a call throws, if it does. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

/** On, just inside and just outside the bounds, and anywhere. */
const seconds = fc.oneof(fc.constantFrom(0, 0.049, 0.05, 1, 86_400, 86_401, -1), fc.double({ noNaN: true }));
const share = fc.oneof(fc.constantFrom(0, 1, 1e9, 1.1e9, -1), fc.double({ noNaN: true, min: 0, max: 10 }));
const shares = fc.array(share, { minLength: NODES - 1, maxLength: NODES });
const seed = fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 2 ** 53));

const plan: fc.Arbitrary<MiningPlan> = fc.oneof(
  fc.constantFrom({ kind: 'off' as const }, { kind: 'transaction' as const }),
  fc.record(
    { kind: fc.constant('interval' as const), seconds, shares },
    { requiredKeys: ['kind', 'seconds'] },
  ),
  fc.record(
    { kind: fc.constant('clocks' as const), meanSeconds: seconds, shares, seed },
    { requiredKeys: ['kind', 'meanSeconds'] },
  ),
  fc.record({ kind: fc.constant('work' as const), shares }, { requiredKeys: ['kind'] }),
);

describe('a mining plan that comes in', () => {
  it('is taken when it can be carried out, and refused for the same reason otherwise', () => {
    fc.assert(
      fc.property(plan, given => {
        const wrong = thrownBy(() => checkPlan(given, NODES));
        if (wrong === undefined) expect(read(given)).toEqual(given);
        else expect(thrownBy(() => read(given))).toEqual(wrong);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [{}, 'kind is missing'],
    [{ kind: 'often' }, 'kind must be one of off, transaction'],
    [{ kind: 'interval' }, 'seconds is missing'],
    [{ kind: 'interval', seconds: '1' }, 'seconds must be a number, not "1"'],
    [{ kind: 'interval', seconds: Number.NaN }, 'seconds must be a number, not null'],
    [{ kind: 'interval', seconds: 1, seed: 1 }, 'has no parameter "seed"'],
    [{ kind: 'work', shares: [1, 1, '1'] }, 'shares are numbers'],
    [{ kind: 'work', shares: [1, 1, 1, 1] }, 'shares must be a list of at most 3 entries'],
    [{ kind: 'clocks', meanSeconds: 1, seed: [] }, 'seed must be a number'],
  ])('%j is no plan', (given, why) => {
    expect(() => read(given)).toThrow(LabError);
    expect(() => read(given)).toThrow(why);
  });
});
