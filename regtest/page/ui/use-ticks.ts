import { useEffect } from 'preact/hooks';
import { useRender } from './use-render.js';

/** Renders anew this often, for what follows time alone. */
export function useTicks(everyMs: number): void {
  const render = useRender();
  useEffect(() => {
    const timer = globalThis.setInterval(render, everyMs);
    return () => globalThis.clearInterval(timer);
  }, [everyMs]);
}
