import type { LabEvents } from './event-source.js';
import { MAX_KEPT_EVENTS } from './event-source.js';
import type { LabEvent, LabHappening } from './lab-event.js';

/** Txids in the events kept, at about 100 bytes each: those of blocks weigh more than the events themselves. */
export const MAX_KEPT_TXIDS = 400_000;

/** Events that are gone and take memory still, at most: each that is kept is moved some twenty times for it. */
const MAX_GONE = 5_000;

/**
 * The events of one lab: gives each its place in the order of things, tells those who listen, and keeps the last ones.
 * What happens while an event is being told is told after it, so that all see the same order.
 */
export class EventLog implements LabEvents {
  lastSeq = 0;
  /** Kept events from `start` on; those before it are gone. */
  private kept: LabEvent[] = [];
  private start = 0;
  private keptTxids = 0;
  private readonly listeners = new Set<(event: LabEvent) => void>();
  private readonly untold: LabEvent[] = [];
  private isTelling = false;
  private readonly beganAt: number;

  /** @param now milliseconds, on a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.beganAt = now();
  }

  emit(happening: LabHappening): void {
    const atMs = Math.round(this.now() - this.beganAt);
    const event: LabEvent = { seq: ++this.lastSeq, atMs, ...happening };
    this.keep(event);
    this.untold.push(event);
    if (!this.isTelling) this.tell();
  }

  since(seq: number): readonly LabEvent[] {
    const first = this.kept[this.start];
    if (first === undefined) return [];
    return this.kept.slice(this.start + Math.max(0, seq + 1 - first.seq));
  }

  subscribe(listener: (event: LabEvent) => void): () => void {
    // A function of its own: the same listener may come twice.
    const own = (event: LabEvent) => listener(event);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  private tell(): void {
    this.isTelling = true;
    for (let event = this.untold.shift(); event !== undefined; event = this.untold.shift()) {
      for (const listener of [...this.listeners]) tellOne(listener, event);
    }
    this.isTelling = false;
  }

  private keep(event: LabEvent): void {
    this.kept.push(event);
    this.keptTxids += txidsOf(event);
    while (this.kept.length - this.start > MAX_KEPT_EVENTS || this.keptTxids > MAX_KEPT_TXIDS) {
      const oldest = this.kept[this.start];
      if (oldest === undefined) break;
      this.keptTxids -= txidsOf(oldest);
      this.start++;
    }
    if (this.start > Math.min(MAX_GONE, this.kept.length / 2)) {
      this.kept = this.kept.slice(this.start);
      this.start = 0;
    }
  }
}

/** Nodes in this process tell in the middle of their work: a listener's mistake must end the lab, not a node's block. */
function tellOne(listener: (event: LabEvent) => void, event: LabEvent): void {
  try {
    listener(event);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}

function txidsOf(event: LabEvent): number {
  return 'txids' in event ? event.txids.length : 0;
}
