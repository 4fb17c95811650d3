import { describe, expect, it } from 'vitest';
import { allHold, atOnce, type Steps } from '../../../src/runtime/steps.js';
import { inTurns } from '../../../src/runtime/turns.js';

/** Notes each of its steps. */
function* stepsOf(count: number, log: string[]): Steps<string> {
  for (let step = 0; step < count; step++) {
    if (step > 0) yield;
    log.push(`step ${step}`);
  }
  return 'done';
}

describe('work in steps', () => {
  it('of which there is one is done at once', () => {
    const log: string[] = [];
    expect(inTurns(stepsOf(1, log))).toBe('done');
    expect(log).toEqual(['step 0']);
  });

  it('lets the event loop come round between them', async () => {
    const log: string[] = [];
    const turn = () => {
      log.push('turn');
      if (log.length < 5) setImmediate(turn);
    };
    setImmediate(turn);
    await expect(inTurns(stepsOf(3, log))).resolves.toBe('done');
    expect(log.slice(0, 5)).toEqual(['step 0', 'turn', 'step 1', 'turn', 'step 2']);
  });

  it('fails as the step does that fails', async () => {
    function* failing(): Steps<void> {
      yield;
      throw new Error('no');
    }
    await expect(inTurns(failing())).rejects.toThrow('no');
    expect(() => atOnce(failing())).toThrow('no');
  });

  it('can be done without a turn', () => {
    const log: string[] = [];
    expect(atOnce(stepsOf(3, log))).toBe('done');
    expect(log).toHaveLength(3);
  });
});

describe('a look at many items', () => {
  const items = [1, 2, 3, 4, 5, 6, 7];

  function countSteps(steps: Steps<boolean>): { result: boolean; yields: number } {
    for (let yields = 0; ; yields++) {
      const step = steps.next();
      if (step.done === true) return { result: step.value, yields };
    }
  }

  it('takes a step for each so many', () => {
    expect(countSteps(allHold(items, 3, () => true))).toEqual({ result: true, yields: 2 });
    expect(countSteps(allHold(items, 7, () => true))).toEqual({ result: true, yields: 0 });
    expect(countSteps(allHold([], 3, () => true))).toEqual({ result: true, yields: 0 });
  });

  it('ends with the first that is not as it should be', () => {
    const seen: number[] = [];
    const below5 = (item: number) => seen.push(item) > 0 && item < 5;
    expect(countSteps(allHold(items, 3, below5))).toEqual({ result: false, yields: 1 });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});
