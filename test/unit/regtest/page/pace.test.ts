import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from '../../../../regtest/page/state/pace.js';

describe('pace of renderings', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs the first soon, not at once', () => {
    const ran: string[] = [];
    paced(1000)(() => ran.push('first'));
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(ran).toEqual(['first']);
  });

  it('keeps the time from the run before', () => {
    const ran: number[] = [];
    const start = performance.now();
    const schedule = paced(1000);
    const note = () => ran.push(performance.now() - start);
    schedule(note);
    vi.advanceTimersByTime(300);
    schedule(note);
    vi.advanceTimersByTime(5000);
    schedule(note);
    vi.advanceTimersByTime(0);
    expect(ran).toEqual([0, 1000, 5300]);
  });
});
