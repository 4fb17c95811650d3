import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * A view's heading. It takes the focus when the view is gone to, so that readers of the screen hear where they are; at
 * once, so that it is not taken from what is used next.
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
    if (document.activeElement !== document.body || wasShown) heading.current?.focus({ preventScroll: true });
    wasShown = true;
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
