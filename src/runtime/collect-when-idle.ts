import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How long a look at the event loop takes. */
const LOOK_MS = 200;

/** Part of that time for which an event loop may have been busy that has nothing to do. */
const IDLE_UTILIZATION = 0.02;

/** To collect so much takes about 20 ms; with more the event loop would stand still for longer. */
export const MAX_IDLE_HEAP_BYTES = 16 * 1024 * 1024;

/**
 * Collects, once, the garbage that the start of a program left behind, and gives the memory back: V8 itself does not before
 * there is much more of it. Waits until the event loop has nothing to do, and does nothing when the heap is large by then.
 */
export function collectWhenIdle(collect = collectGarbage, heapBytes = usedHeapBytes): void {
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > IDLE_UTILIZATION) return;
    clearInterval(timer);
    if (heapBytes() <= MAX_IDLE_HEAP_BYTES) collect();
  }, LOOK_MS);
  timer.unref();
}

function usedHeapBytes(): number {
  return getHeapStatistics().used_heap_size;
}

/** Asks V8 the one way that lets it give memory back, which is a debugger's. Does nothing in a Node.js that was built without. */
export function collectGarbage(): void {
  if (!process.features.inspector) return;
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  // Not from inside of the session's own answer.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()));
}
