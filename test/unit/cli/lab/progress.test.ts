import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shareDone, tellingProgress } from '../../../../src/cli/lab/progress.js';
import { terminalFor } from '../../../../src/cli/lab/terminal.js';
import { deferred } from '../../../../src/runtime/queue.js';

describe('progress of what takes long', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told once a second, from the first second on to the end', async () => {
    const lines: string[] = [];
    const work = deferred();
    let done = 0;
    const running = tellingProgress(
      { progress: line => lines.push(line) },
      () => work.promise.then(() => 'result'),
      () => shareDone(done, 8, 'blocks'),
    );
    await vi.advanceTimersByTimeAsync(999);
    expect(lines).toEqual([]);
    done = 2;
    await vi.advanceTimersByTimeAsync(1);
    expect(lines).toEqual(['… 1 s, 2 of 8 blocks (25 %)']);
    done = 7;
    await vi.advanceTimersByTimeAsync(1500);
    work.resolve();
    expect(await running).toBe('result');
    await vi.advanceTimersByTimeAsync(5000);
    expect(lines).toEqual(['… 1 s, 2 of 8 blocks (25 %)', '… 2 s, 7 of 8 blocks (87 %)']);
  });

  it('is of the time alone where there is nothing else to tell, and ends with what fails', async () => {
    const lines: string[] = [];
    const work = deferred();
    const running = tellingProgress({ progress: line => lines.push(line) }, async () => {
      await work.promise;
      throw new Error('no');
    });
    await vi.advanceTimersByTimeAsync(1000);
    work.resolve();
    await expect(running).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(5000);
    expect(lines).toEqual(['… 1 s']);
  });

  it('costs nothing where nobody watches', async () => {
    const words = vi.fn(() => '');
    const work = deferred();
    const running = tellingProgress({ progress: undefined }, () => work.promise, words);
    expect(vi.getTimerCount()).toBe(0);
    work.resolve();
    await running;
    expect(words).not.toHaveBeenCalled();
  });
});

describe('a terminal', () => {
  const { isTTY } = process.stderr;

  afterEach(() => {
    process.stderr.isTTY = isTTY;
  });

  it.each([
    [true, undefined, true],
    [false, undefined, false],
    [false, true, true],
  ])('(%s) with the option %s shows progress: %s', (isTerminal, progress, expected) => {
    process.stderr.isTTY = isTerminal;
    expect(terminalFor({ progress }).progress !== undefined).toBe(expected);
  });
});
