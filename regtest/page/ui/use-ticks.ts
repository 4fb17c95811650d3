import { useEffect, useReducer } from 'preact/hooks';

/** Renders anew this often, for what follows time alone. */
export function useTicks(everyMs: number): void {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = globalThis.setInterval(() => tick(undefined), everyMs);
    return () => globalThis.clearInterval(timer);
  }, [everyMs]);
}
