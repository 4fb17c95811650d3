import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/lab-api.js';
import type { Topic } from '../state/lab-state.js';
import { usePage } from './context.js';

/** Shortest time between two questions. */
const LEAST_WAIT_MS = 800;

/** An answer that took long is asked for less often, so that it never keeps the lab busy for more than this share. */
const MOST_BUSY = 0.2;

export interface Polled<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  /** False before the first answer. */
  readonly isLoaded: boolean;
}

/**
 * What `load` answers: asked for at once, and again when one of the topics has changed, but not more often than the lab
 * can answer. `load` is to be the same function for the same question.
 */
export function usePolled<T>(load: () => Promise<T>, topics: readonly Topic[]): Polled<T> {
  const { store } = usePage();
  const [polled, setPolled] = useState<Polled<T>>({ value: undefined, error: undefined, isLoaded: false });
  useEffect(() => {
    let isGone = false;
    let isWaiting = false;
    let isDirty = false;
    const ask = async (): Promise<void> => {
      isWaiting = true;
      isDirty = false;
      const began = performance.now();
      const answer = await settled(load);
      if (isGone) return;
      setPolled(answer);
      const waitMs = Math.max(LEAST_WAIT_MS, (performance.now() - began) / MOST_BUSY);
      globalThis.setTimeout(() => {
        isWaiting = false;
        if (isDirty && !isGone) void ask();
      }, waitMs);
    };
    void ask();
    const stop = store.subscribe(topics, () => {
      isDirty = true;
      if (!isWaiting && !document.hidden) void ask();
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [store, load]);
  return polled;
}

async function settled<T>(load: () => Promise<T>): Promise<Polled<T>> {
  try {
    return { value: await load(), error: undefined, isLoaded: true };
  } catch (thrown) {
    return { value: undefined, error: messageOf(thrown), isLoaded: true };
  }
}
