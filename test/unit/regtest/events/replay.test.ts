import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabEvent } from '../../../../regtest/events/lab-event.js';
import { Replay, type ReplayOptions } from '../../../../regtest/events/replay.js';

/** Events at 0, 1, 2, 10 and 10 seconds. */
const EVENTS: readonly LabEvent[] = [0, 1_000, 2_000, 10_000, 10_000].map((atMs, index) => ({
  seq: index + 1,
  atMs: 500 + atMs,
  type: 'snapshot',
  name: `${index}`,
}));

describe('a replay', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function replayOf(options: ReplayOptions, events = EVENTS) {
    const told: (number | string)[] = [];
    const replay = new Replay(
      events,
      {
        event: ({ seq }) => told.push(seq),
        jumped: position => told.push(`jump over ${position}`),
        ended: () => told.push('end'),
      },
      options,
    );
    return { replay, told };
  }

  it('tells events at their distances, and stands still until it is played', () => {
    const { replay, told } = replayOf({});
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
    replay.play();
    vi.advanceTimersByTime(999);
    expect(told).toEqual([1]);
    vi.advanceTimersByTime(1_002);
    expect(told).toEqual([1, 2, 3]);
    vi.advanceTimersByTime(7_900);
    expect(told).toEqual([1, 2, 3]);
    vi.advanceTimersByTime(200);
    expect(told).toEqual([1, 2, 3, 4, 5, 'end']);
    expect(replay.isPlaying).toBe(false);
  });

  it('divides the distances by the speed, also by one that is changed on the way', () => {
    const { replay, told } = replayOf({ speed: 10 });
    replay.play();
    vi.advanceTimersByTime(210);
    expect(told).toEqual([1, 2, 3]);
    replay.setSpeed(1);
    vi.advanceTimersByTime(7_000);
    expect(told).toEqual([1, 2, 3]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([1, 2, 3, 4, 5, 'end']);
  });

  it('can be held, and goes on from there', () => {
    const { replay, told } = replayOf({});
    replay.play();
    vi.advanceTimersByTime(1_500);
    replay.pause();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([1, 2]);
    replay.play();
    vi.advanceTimersByTime(1_001);
    expect(told).toEqual([1, 2, 3]);
  });

  it('moves to any place, forth and back, with all that came before', () => {
    const { replay, told } = replayOf({});
    replay.seek(3);
    expect(replay.seq).toBe(3);
    replay.seek(0);
    expect(replay.seq).toBe(0);
    replay.seek(1_000);
    expect(told).toEqual(['jump over 3', 'jump over 0', 'jump over 5']);
    replay.seek(2);
    replay.play();
    vi.advanceTimersByTime(1_001);
    expect(told.slice(3)).toEqual(['jump over 2', 3]);
  });

  it('cuts long silences when asked to', () => {
    const { replay, told } = replayOf({ maxGapMs: 100 });
    replay.play();
    vi.advanceTimersByTime(310);
    expect(told).toEqual([1, 2, 3, 4, 5, 'end']);
  });

  it('waits longer than a timer can', () => {
    const days = (count: number) => count * 24 * 3_600_000;
    const [first, second] = EVENTS;
    const far = [first, second].flatMap((event, i) =>
      event === undefined ? [] : [{ ...event, atMs: days(30) * i }],
    );
    const { replay, told } = replayOf({}, far);
    replay.play();
    vi.advanceTimersByTime(days(29));
    expect(told).toEqual([1]);
    vi.advanceTimersByTime(days(2));
    expect(told).toEqual([1, 2, 'end']);
  });

  it('ends at once when there is nothing to tell', () => {
    const { replay, told } = replayOf({}, []);
    replay.play();
    expect(told).toEqual(['end']);
  });

  it('refuses a speed that makes no sense', () => {
    expect(() => replayOf({ speed: 0 })).toThrow(RangeError);
    expect(() => replayOf({}).replay.setSpeed(Number.NaN)).toThrow(
      /speed must be a number from 0.001 to 1000/,
    );
  });
});
