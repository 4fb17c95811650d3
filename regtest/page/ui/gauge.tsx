import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A reading of the instrument: a name and a value. */
export function Gauge({
  name,
  value,
  tone,
}: {
  readonly name: string;
  readonly value: string;
  readonly tone?: string;
}) {
  return (
    <div class="gauge">
      <dt>{name}</dt>
      <dd class={tone}>{value}</dd>
    </div>
  );
}

/** A reading that opens to the controls that change it. Escape, and a click elsewhere, close it. */
export function GaugeMenu({
  name,
  value,
  tone,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const { current } = details;
      if (current?.open && event.target instanceof Node && !current.contains(event.target))
        current.open = false;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
  return (
    <details
      class="gauge menu"
      ref={details}
      onKeyDown={event => {
        if (event.key !== 'Escape' || details.current === null) return;
        details.current.open = false;
        details.current.querySelector('summary')?.focus();
      }}
    >
      <summary>
        <span class="name">{name}</span>
        <span class={`value ${tone ?? ''}`}>{value}</span>
      </summary>
      <div class="popover">{children}</div>
    </details>
  );
}
