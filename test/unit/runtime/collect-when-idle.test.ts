import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  collectGarbage,
  collectWhenIdle,
  MAX_IDLE_HEAP_BYTES,
} from '../../../src/runtime/collect-when-idle.js';

const STEP_MS = 20;

/** Keeps the event loop busy for half of the time. */
async function work(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const stepEnd = performance.now() + STEP_MS / 2;
    while (performance.now() < stepEnd);
    await delay(STEP_MS / 2);
  }
}

describe('garbage of a start', () => {
  it('is collected once there is nothing to do, and not before', async () => {
    const collect = vi.fn();
    collectWhenIdle(collect, () => 0);
    await work(1000);
    expect(collect).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(collect).toHaveBeenCalled(), { timeout: 10_000 });
    await delay(500);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('is left where it is when much else would have to be looked at', async () => {
    const collect = vi.fn();
    const heapBytes = vi.fn(() => MAX_IDLE_HEAP_BYTES + 1);
    collectWhenIdle(collect, heapBytes);
    await vi.waitFor(() => expect(heapBytes).toHaveBeenCalled(), { timeout: 10_000 });
    await delay(500);
    expect(heapBytes).toHaveBeenCalledTimes(1);
    expect(collect).not.toHaveBeenCalled();
  });

  it('is gone then', async () => {
    const gone = vi.fn();
    const registry = new FinalizationRegistry(gone);
    registry.register({}, 'left behind');
    collectGarbage();
    await vi.waitFor(() => expect(gone).toHaveBeenCalledWith('left behind'), { timeout: 10_000 });
    // Nobody would be told by one that is gone itself.
    registry.unregister({});
  });
});
