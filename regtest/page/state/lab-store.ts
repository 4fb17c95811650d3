import type { BlockSighting, LabStatus, LabView } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { LabState, TOPICS, type Topic } from './lab-state.js';

export type Connection =
  | 'connecting'
  | 'open'
  /** It was there, and is tried again. */
  | 'lost'
  /** The lab has as many watchers as it takes; tried again too. */
  | 'full'
  | 'unauthorized'
  /** A recording is shown: nothing is live. */
  | 'recording';

/** When changes are told: in a browser, with the next frame. */
export type Schedule = (run: () => void) => void;

/**
 * The state that is shown, and who listens to which part of it. Listeners are called once per frame however many events
 * there were.
 */
export class LabStore {
  state = new LabState();
  connection: Connection = 'connecting';
  private readonly listeners = new Map<Topic, Set<() => void>>(TOPICS.map(topic => [topic, new Set()]));
  private readonly eventListeners = new Set<(event: LabEvent) => void>();
  private readonly dirty = new Set<Topic>();
  private isScheduled = false;

  constructor(private readonly schedule: Schedule) {}

  subscribe(topics: readonly Topic[], listener: () => void): () => void {
    for (const topic of topics) this.listeners.get(topic)?.add(listener);
    return () => {
      for (const topic of topics) this.listeners.get(topic)?.delete(listener);
    };
  }

  /** Each event as it comes, for what is shown in passing. */
  onEvent(listener: (event: LabEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  load(view: LabView): void {
    this.state.reset(view);
    this.changed(TOPICS);
  }

  /** Blocks below those that were known. */
  addOlder(blocks: readonly BlockSighting[]): void {
    this.state.tree.addSightings(blocks);
    this.changed(['tree']);
  }

  apply(event: LabEvent): void {
    this.changed(this.state.apply(event));
    for (const listener of this.eventListeners) listener(event);
  }

  refresh(status: LabStatus): void {
    this.changed(this.state.refresh(status));
  }

  /** Shows another state altogether. */
  show(state: LabState): void {
    this.state = state;
    this.changed(TOPICS);
  }

  setConnection(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.changed(['lab']);
  }

  private changed(topics: readonly Topic[]): void {
    for (const topic of topics) this.dirty.add(topic);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.schedule(() => this.tell());
  }

  private tell(): void {
    this.isScheduled = false;
    const listeners = new Set([...this.dirty].flatMap(topic => [...(this.listeners.get(topic) ?? [])]));
    this.dirty.clear();
    for (const listener of listeners) listener();
  }
}
