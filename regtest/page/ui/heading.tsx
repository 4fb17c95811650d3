import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * A view's heading. It takes the focus when the view is gone to, so that readers of the screen hear where they are, unless
 * something else was used meanwhile.
 */
export function Heading({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${title} · Blocksmith`;
    const before = document.activeElement;
    const isGoneTo = before !== document.body || wasShown;
    wasShown = true;
    if (!isGoneTo) return undefined;
    // For the focus, the browser lays out the view: a task of its own.
    const focusing = setTimeout(() => {
      if (document.activeElement === before) heading.current?.focus({ preventScroll: true });
    });
    return () => clearTimeout(focusing);
  }, [title]);
  return (
    <div class="heading">
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {children}
    </div>
  );
}

/** The first view leaves the focus where the browser put it. */
let wasShown = false;
