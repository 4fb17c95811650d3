import { useEffect, useRef } from 'preact/hooks';
import type { LabEvent } from '../../../events/lab-event.js';
import type { Point } from '../../layout/network-layout.js';
import { usePage } from '../../ui/context.js';

/** At once; what comes beyond it is not drawn. */
const MAX_PULSES = 150;

const BLOCK_MS = 700;
const TRANSACTION_MS = 450;

/** Something in passing: a block from one node to another, or a transaction that a node has taken in. */
interface Pulse {
  readonly kind: 'block' | 'transaction';
  readonly from: number;
  readonly to: number;
  readonly begin: number;
}

interface PulsesProps {
  readonly points: readonly Point[];
  readonly radius: number;
  readonly width: number;
  readonly height: number;
}

/** Draws what is in flight over the network; nothing for those who want no motion. */
export function Pulses({ points, radius, width, height }: PulsesProps) {
  const { store } = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef({ points, radius });
  place.current = { points, radius };
  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return undefined;
    const pulses: Pulse[] = [];
    let frame = 0;
    const draw = (now: number): void => {
      frame = 0;
      const { current } = canvas;
      if (current === null) return;
      drop(pulses, now);
      paint(current, pulses, place.current, now);
      if (pulses.length > 0) frame = requestAnimationFrame(draw);
    };
    const stop = store.onEvent(event => {
      const pulse = pulseOf(event, name => store.state.indexOf(name));
      if (pulse === undefined || pulses.length >= MAX_PULSES || document.hidden) return;
      pulses.push(pulse);
      if (frame === 0) frame = requestAnimationFrame(draw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store]);
  const scale = globalThis.devicePixelRatio;
  return (
    <canvas
      ref={canvas}
      class="pulses"
      aria-hidden="true"
      width={Math.round(width * scale)}
      height={Math.round(height * scale)}
    />
  );
}

function pulseOf(event: LabEvent, indexOf: (name: string) => number | undefined): Pulse | undefined {
  const begin = performance.now();
  if (event.type === 'blockStored' && event.from !== undefined) {
    const from = indexOf(event.from);
    return from === undefined ? undefined : { kind: 'block', from, to: event.node, begin };
  }
  if (event.type === 'txAdded') return { kind: 'transaction', from: event.node, to: event.node, begin };
  return undefined;
}

function lifeOf({ kind }: Pulse): number {
  return kind === 'block' ? BLOCK_MS : TRANSACTION_MS;
}

function drop(pulses: Pulse[], now: number): void {
  const alive = pulses.filter(pulse => now - pulse.begin < lifeOf(pulse));
  pulses.splice(0, pulses.length, ...alive);
}

function paint(
  canvas: HTMLCanvasElement,
  pulses: readonly Pulse[],
  { points, radius }: Pick<PulsesProps, 'points' | 'radius'>,
  now: number,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const scale = globalThis.devicePixelRatio;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(canvas);
  context.fillStyle = style.getPropertyValue('--accent');
  context.strokeStyle = style.getPropertyValue('--muted');
  for (const pulse of pulses) {
    const [from, to] = [points[pulse.from], points[pulse.to]];
    if (from === undefined || to === undefined) continue;
    const share = Math.max(0, (now - pulse.begin) / lifeOf(pulse));
    context.beginPath();
    if (pulse.kind === 'block') {
      context.globalAlpha = 1 - share * share;
      context.arc(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y), 5, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.globalAlpha = 0.5 * (1 - share);
      context.arc(to.x, to.y, radius + 2 + 7 * share, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}
