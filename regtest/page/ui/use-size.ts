import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an element's content in CSS pixels, kept up to date; 0 × 0 before it is there. */
export function useSize(element: RefObject<Element | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    let telling: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      // This is in a frame; rendering here would be one long task with the browser's layout and paint.
      clearTimeout(telling);
      telling = setTimeout(() => setSize({ width: Math.floor(width), height: Math.floor(height) }));
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
      clearTimeout(telling);
    };
  }, [element]);
  return size;
}
