import { EventEmitter } from 'node:events';
import type { LabEvents } from '../../regtest/events/event-source.js';
import type { LabEvent } from '../../regtest/events/lab-event.js';

/** Events without a lab: what is told by hand. */
export class ToldEvents implements LabEvents {
  private readonly told: LabEvent[] = [];
  private readonly emitter = new EventEmitter<{ event: [LabEvent] }>();

  get lastSeq(): number {
    return this.told.at(-1)?.seq ?? 0;
  }

  /** As many listeners there are. */
  get listeners(): number {
    return this.emitter.listenerCount('event');
  }

  since(seq: number): readonly LabEvent[] {
    return this.told.filter(event => event.seq > seq);
  }

  subscribe(listener: (event: LabEvent) => void): () => void {
    this.emitter.on('event', listener);
    return () => this.emitter.off('event', listener);
  }

  /** One more event; its name can make it long. */
  tell(name = 'one'): void {
    const event: LabEvent = { seq: this.lastSeq + 1, atMs: 0, type: 'snapshot', name };
    this.told.push(event);
    this.emitter.emit('event', event);
  }

  /** Forgets the older ones. */
  keepLast(count: number): void {
    this.told.splice(0, this.told.length - count);
  }
}
