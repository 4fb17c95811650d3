import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HeaderId, NO_HEADER } from '../../../src/consensus/chain-view.js';
import { ALWAYS_ACTIVE, NEVER_ACTIVE, NO_TIMEOUT } from '../../../src/consensus/params.js';
import {
  countSignals,
  hasVersionBit,
  stateSinceHeight,
  type ThresholdCondition,
  type ThresholdState,
  thresholdState,
  thresholdStatistics,
} from '../../../src/consensus/versionbits.js';
import { TestHeaders } from '../../support/header-chain.js';

const BIT = 3;
const SIGNAL = 0x20000000 | (1 << BIT);
const NO_SIGNAL = 0x20000000;

function conditionOn(view: TestHeaders, changes: Partial<ThresholdCondition> = {}): ThresholdCondition {
  const numbers = { startTime: 1000, timeout: NO_TIMEOUT, minActivationHeight: 0, period: 10, threshold: 8 };
  const { period } = { ...numbers, ...changes };
  return { ...numbers, countWindow: last => countSignals(last, period, BIT, view), ...changes };
}

describe('version bits', () => {
  it.each([
    [0x20000008, true],
    [0x3fffffff, true],
    [0x20000004, false],
    [0x00000008, false],
    [0x40000008, false],
    [0x60000008 | 0, false],
    [-1, false],
    [0x80000008 | 0, false],
  ])('version %i signals bit 3: %s', (version, expected) => {
    expect(hasVersionBit(version, 3)).toBe(expected);
  });
});

describe('a soft fork', () => {
  /** Ten windows: the start is reached in the first, all blocks of the window from height 20 on signal. */
  const view = new TestHeaders();
  const tip = view.extend(NO_HEADER, 100, height => ({
    time: 200 * height,
    version: height >= 20 && height < 28 ? SIGNAL : NO_SIGNAL,
  }));
  const at = (height: number, condition: ThresholdCondition) =>
    thresholdState(condition, height === 0 ? NO_HEADER : view.ancestor(tip, height - 1), view, new Map());

  it('goes from defined over started and locked in to active, one window each', () => {
    const condition = conditionOn(view);
    expect(at(0, condition)).toBe('defined');
    expect(at(9, condition)).toBe('defined');
    expect(at(10, condition)).toBe('started');
    expect(at(29, condition)).toBe('started');
    expect(at(30, condition)).toBe('locked_in');
    expect(at(39, condition)).toBe('locked_in');
    expect(at(40, condition)).toBe('active');
    expect(at(100, condition)).toBe('active');
  });

  it('needs all of its threshold', () => {
    expect(at(100, conditionOn(view, { threshold: 9 }))).toBe('started');
  });

  it('fails at the first window after the timeout, unless that window locks it in', () => {
    const late = conditionOn(view, { threshold: 9, timeout: 4000 });
    expect(at(29, late)).toBe('started');
    expect(at(30, late)).toBe('failed');
    expect(at(100, late)).toBe('failed');
    expect(at(30, conditionOn(view, { timeout: 4000 }))).toBe('locked_in');
  });

  it('waits for its activation height', () => {
    const condition = conditionOn(view, { minActivationHeight: 61 });
    expect(at(69, condition)).toBe('locked_in');
    expect(at(70, condition)).toBe('active');
  });

  it('may be always or never active', () => {
    const always = conditionOn(view, { startTime: ALWAYS_ACTIVE });
    const never = conditionOn(view, { startTime: NEVER_ACTIVE });
    expect([at(0, always), at(50, always)]).toEqual(['active', 'active']);
    expect([at(0, never), at(50, never)]).toEqual(['failed', 'failed']);
    expect(stateSinceHeight(always, tip, view, new Map())).toBe(0);
    expect(stateSinceHeight(never, tip, view, new Map())).toBe(0);
  });

  it('counts the signals of the current window', () => {
    const condition = conditionOn(view);
    expect(thresholdStatistics(condition, BIT, view.ancestor(tip, 28), view)).toEqual({
      period: 10,
      threshold: 8,
      elapsed: 9,
      count: 8,
      possible: true,
      signalling: [true, true, true, true, true, true, true, true, false],
    });
    expect(thresholdStatistics(condition, BIT, view.ancestor(tip, 32), view)).toMatchObject({
      elapsed: 3,
      count: 0,
      possible: false,
    });
    expect(thresholdStatistics(condition, BIT, view.ancestor(tip, 31), view)).toMatchObject({
      possible: true,
    });
  });

  it('has a state for each branch', () => {
    const branches = new TestHeaders();
    const fork = branches.extend(NO_HEADER, 10, height => ({ time: 200 * height, version: NO_SIGNAL }));
    const signalling = branches.extend(fork, 10, () => ({ version: SIGNAL }));
    const silent = branches.extend(fork, 10, () => ({ version: NO_SIGNAL }));
    const cache = new Map();
    expect(thresholdState(conditionOn(branches), signalling, branches, cache)).toBe('locked_in');
    expect(thresholdState(conditionOn(branches), silent, branches, cache)).toBe('started');
  });
});

/** The state of the block at `height` by the words of BIP9, from genesis up and without any cache. */
function modelState(condition: ThresholdCondition, view: TestHeaders, tip: HeaderId, height: number) {
  let state: ThresholdState = 'defined';
  let since = 0;
  const { period } = condition;
  for (let first = period; first <= height; first += period) {
    const last = view.ancestor(tip, first - 1);
    const median = view.medianTimePast(last);
    let count = 0;
    for (let h = first - period; h < first; h++) if (view.version(view.ancestor(tip, h)) === SIGNAL) count++;
    const before: ThresholdState = state;
    if (before === 'defined' && median >= condition.startTime) state = 'started';
    else if (before === 'started' && count >= condition.threshold) state = 'locked_in';
    else if (before === 'started' && median >= condition.timeout) state = 'failed';
    else if (before === 'locked_in' && first >= condition.minActivationHeight) state = 'active';
    if (state !== before) since = first;
  }
  return { state, since };
}

describe('the state machine', () => {
  it('agrees with the words of BIP9 on any chain, in any order of questions', () => {
    const chain = fc.record({
      period: fc.integer({ min: 1, max: 7 }),
      threshold: fc.integer({ min: 1, max: 7 }),
      startTime: fc.nat(2000),
      timeout: fc.nat(4000),
      minActivationHeight: fc.nat(60),
      blocks: fc.array(fc.record({ step: fc.nat(150), signals: fc.boolean() }), {
        minLength: 1,
        maxLength: 60,
      }),
      questions: fc.array(fc.nat(60), { minLength: 1, maxLength: 10 }),
    });
    fc.assert(
      fc.property(chain, ({ blocks, questions, ...numbers }) => {
        const view = new TestHeaders();
        let time = 0;
        const tip = view.extend(NO_HEADER, blocks.length, height => {
          time += blocks[height]?.step ?? 0;
          return { time, version: blocks[height]?.signals ? SIGNAL : NO_SIGNAL };
        });
        const condition = conditionOn(view, numbers);
        const cache = new Map();
        for (const question of questions) {
          const height = question % (blocks.length + 1);
          const prev = height === 0 ? NO_HEADER : view.ancestor(tip, height - 1);
          const model = modelState(condition, view, tip, height);
          expect(thresholdState(condition, prev, view, cache)).toBe(model.state);
          expect(stateSinceHeight(condition, prev, view, cache)).toBe(model.since);
        }
      }),
      { numRuns: 300 },
    );
  });
});
