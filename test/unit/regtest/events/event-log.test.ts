import { describe, expect, it } from 'vitest';
import { EventLog, MAX_KEPT_TXIDS } from '../../../../regtest/events/event-log.js';
import { MAX_KEPT_EVENTS } from '../../../../regtest/events/event-source.js';
import type { LabHappening } from '../../../../regtest/events/lab-event.js';

const HASH = 'ab'.repeat(32);
const snapshot = (name: string): LabHappening => ({ type: 'snapshot', name });

describe('the log of events', () => {
  it('numbers events from 1, with the time since it began', () => {
    let now = 1_000;
    const log = new EventLog(() => now);
    expect(log.lastSeq).toBe(0);
    log.emit(snapshot('a'));
    now += 250;
    log.emit(snapshot('b'));
    expect(log.since(0)).toEqual([
      { seq: 1, atMs: 0, type: 'snapshot', name: 'a' },
      { seq: 2, atMs: 250, type: 'snapshot', name: 'b' },
    ]);
    expect(log.since(1).map(({ seq }) => seq)).toEqual([2]);
    expect(log.since(2)).toEqual([]);
  });

  it('tells listeners until they go, all in the same order, even of what they cause themselves', () => {
    const log = new EventLog(() => 0);
    const first: number[] = [];
    const second: number[] = [];
    const leave = log.subscribe(({ seq }) => {
      first.push(seq);
      if (seq === 1) log.emit(snapshot('caused'));
    });
    log.subscribe(({ seq }) => second.push(seq));
    log.emit(snapshot('cause'));
    leave();
    log.emit(snapshot('after'));
    expect(first).toEqual([1, 2]);
    expect(second).toEqual([1, 2, 3]);
  });

  it('keeps the last events, and no more than its limit', () => {
    const log = new EventLog(() => 0);
    for (let i = 0; i < MAX_KEPT_EVENTS + 10; i++) log.emit(snapshot(''));
    const kept = log.since(0);
    expect(kept).toHaveLength(MAX_KEPT_EVENTS);
    expect(kept[0]?.seq).toBe(11);
    expect(kept.at(-1)?.seq).toBe(log.lastSeq);
  });

  it('keeps fewer when they hold many txids', () => {
    const log = new EventLog(() => 0);
    const txids = Array<string>(MAX_KEPT_TXIDS / 4).fill(HASH);
    for (let height = 0; height < 6; height++)
      log.emit({ type: 'blockConnected', node: 0, hash: HASH, height, txids });
    expect(log.since(0).map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
  });
});
