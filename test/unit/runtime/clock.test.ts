import { afterEach, describe, expect, it, vi } from 'vitest';
import { NodeClock } from '../../../src/runtime/clock.js';

const START = 1_600_000_000;

let clock = new NodeClock();

function mocked(): NodeClock {
  clock = new NodeClock();
  clock.setMockTime(START);
  return clock;
}

afterEach(() => {
  clock.stop();
  vi.useRealTimers();
});

describe('mocked time', () => {
  it('stands still until it is moved, and 0 lets it run again', () => {
    mocked();
    expect([clock.now(), clock.nowMs(), clock.mockTime]).toEqual([START, START * 1000, START]);
    clock.setMockTime(START - 5);
    expect(clock.now()).toBe(START - 5);
    clock.setMockTime(0);
    expect(clock.mockTime).toBe(0);
    expect(clock.now()).toBeGreaterThan(START);
  });

  it('fires the timers it passes, in order of their time', () => {
    mocked();
    const fired: string[] = [];
    for (const seconds of [30, 10, 20, 40]) clock.setTimer(seconds * 1000, () => fired.push(`${seconds}`));
    clock.setMockTime(START + 9);
    expect(fired).toEqual([]);
    clock.setMockTime(START + 30);
    expect(fired).toEqual(['10', '20', '30']);
    clock.setMockTime(START + 100);
    expect(fired).toEqual(['10', '20', '30', '40']);
  });

  it('lets a timer cancel one that is due with it', () => {
    mocked();
    const fired: string[] = [];
    clock.setTimer(1000, () => {
      fired.push('first');
      second.cancel();
    });
    const second = clock.setTimer(2000, () => fired.push('second'));
    clock.setMockTime(START + 10);
    expect(fired).toEqual(['first']);
  });

  it('counts a timer that a timer sets from the new time', () => {
    mocked();
    let again = 0;
    clock.setTimer(1000, () => clock.setTimer(1000, () => again++));
    clock.setMockTime(START + 10);
    expect(again).toBe(0);
    clock.setMockTime(START + 11);
    expect(again).toBe(1);
  });

  it('does not hold back a timer without delay', async () => {
    mocked();
    await new Promise<void>(resolve => clock.setTimer(0, resolve));
    await new Promise<void>(resolve => clock.setTimer(-5, resolve));
  });

  it('never fires a cancelled timer, however often it is cancelled', () => {
    mocked();
    let fired = 0;
    const timer = clock.setTimer(1000, () => fired++);
    timer.cancel();
    timer.cancel();
    clock.setMockTime(START + 10);
    expect(fired).toBe(0);
  });

  it('hands timers over to the machine when it is let go, and takes them back', () => {
    vi.useFakeTimers({ now: START * 1000 });
    clock = new NodeClock();
    let fired = 0;
    clock.setTimer(5000, () => fired++);
    clock.setMockTime(START + 1);
    vi.advanceTimersByTime(60_000);
    expect(fired).toBe(0);
    vi.setSystemTime(START * 1000);
    clock.setMockTime(0);
    vi.advanceTimersByTime(4999);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });
});

describe('the machine’s time', () => {
  it('waits longer than the 24.8 days that one native timer can', () => {
    vi.useFakeTimers({ now: START * 1000 });
    clock = new NodeClock();
    const month = 31 * 24 * 3600 * 1000;
    let fired = 0;
    clock.setTimer(month, () => fired++);
    vi.advanceTimersByTime(month - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  it('fires nothing after stop', () => {
    vi.useFakeTimers();
    clock = new NodeClock();
    let fired = 0;
    clock.setTimer(10, () => fired++);
    clock.every(10, () => fired++);
    clock.stop();
    vi.advanceTimersByTime(1000);
    clock.advanceScheduler(3600);
    expect(fired).toBe(0);
  });
});

describe('periodic work', () => {
  it('follows the machine, mocked time or not', () => {
    vi.useFakeTimers();
    clock = new NodeClock();
    let ticks = 0;
    const periodic = clock.every(100, () => ticks++);
    vi.advanceTimersByTime(250);
    clock.setMockTime(START);
    clock.setMockTime(START + 1000);
    expect(ticks).toBe(2);
    vi.advanceTimersByTime(50);
    expect(ticks).toBe(3);
    periodic.cancel();
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(3);
  });

  it('runs once when the scheduler is moved by its period or more', () => {
    vi.useFakeTimers();
    clock = new NodeClock();
    const ran: string[] = [];
    clock.every(60_000, () => ran.push('minute'));
    clock.every(3_600_000, () => ran.push('hour'));
    clock.advanceScheduler(59);
    expect(ran).toEqual([]);
    clock.advanceScheduler(60);
    expect(ran).toEqual(['minute']);
    clock.advanceScheduler(3600);
    expect(ran).toEqual(['minute', 'minute', 'hour']);
  });

  it('may cancel itself and others while the scheduler is moved', () => {
    clock = new NodeClock();
    const ran: string[] = [];
    const first = clock.every(1000, () => {
      ran.push('first');
      first.cancel();
      second.cancel();
    });
    const second = clock.every(1000, () => ran.push('second'));
    clock.advanceScheduler(10);
    clock.advanceScheduler(10);
    expect(ran).toEqual(['first']);
  });
});
