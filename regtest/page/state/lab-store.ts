import type { AttackOutcome } from '../../attacks/attack-outcome.js';
import type { BlockSighting, LabStatus, LabView } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { LabState, TOPICS, type Topic } from './lab-state.js';
import { Playback, type Recording } from './playback.js';

export type Connection =
  | 'connecting'
  | 'open'
  /** It was there, and is tried again. */
  | 'lost'
  /** The lab has as many watchers as it takes; tried again too. */
  | 'full'
  | 'unauthorized';

/** When changes are told: in a browser, in a task that comes soon. */
export type Schedule = (run: () => void) => void;

/**
 * The state that is shown, and who listens to which part of it. Listeners are called once for all events since the
 * last time.
 */
export class LabStore {
  /** Of the lab that runs, whatever is shown. */
  readonly live = new LabState();
  connection: Connection = 'connecting';
  /** How the attack ended that this page has started last. */
  attackOutcome: AttackOutcome | undefined;
  /** What is shown in place of the lab that runs. */
  replay: Playback | undefined;
  /** What is served is a recording, not a lab. */
  isRecording = false;
  notice: string | undefined;
  private readonly listeners = new Map<Topic, Set<() => void>>(TOPICS.map(topic => [topic, new Set()]));
  private readonly eventListeners = new Set<(event: LabEvent) => void>();
  private readonly dirty = new Set<Topic>();
  private isScheduled = false;

  constructor(private readonly schedule: Schedule) {}

  /** What is shown. */
  get state(): LabState {
    return this.replay?.state ?? this.live;
  }

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

  /** Starts anew from a view, with what is known of the time before it. */
  load(view: LabView, before: readonly LabEvent[]): void {
    this.live.reset(view);
    this.live.remember(before);
    this.changedLive(TOPICS);
  }

  /** Blocks below those that were known. */
  addOlder(blocks: readonly BlockSighting[]): void {
    this.live.tree.addSightings(blocks);
    this.changedLive(['tree']);
  }

  apply(event: LabEvent): void {
    this.changedLive(this.live.apply(event));
    if (this.replay === undefined) for (const listener of this.eventListeners) listener(event);
  }

  refresh(status: LabStatus): void {
    this.changedLive(this.live.refresh(status));
  }

  /** Shows a recording from its end on, in place of the lab. */
  async open(recording: Recording): Promise<void> {
    const replay = await Playback.atEnd(recording, {
      played: (event, topics) => {
        for (const listener of this.eventListeners) listener(event);
        this.changed(topics);
      },
      ended: () => this.changed(['events']),
    });
    this.replay?.pause();
    this.replay = replay;
    this.changed(TOPICS);
  }

  /** The same for a recording that is served in place of a lab: there is nothing to go back to. */
  async openServed(recording: Recording): Promise<void> {
    this.isRecording = true;
    await this.open(recording);
  }

  /** Says something above every view; nothing when undefined. */
  setNotice(notice: string | undefined): void {
    this.notice = notice;
    this.changed(['lab']);
  }

  /** Shows the state after so many events of the recording. */
  seek(position: number): void {
    const { replay } = this;
    if (replay === undefined) return;
    const before = replay.position;
    replay.seek(position);
    // One step forward is shown as it would be live.
    const { current } = replay;
    if (replay.position === before + 1 && current !== undefined) {
      for (const listener of this.eventListeners) listener(current);
    }
    this.changed(TOPICS);
  }

  /** Plays the recording on, or holds it. */
  togglePlaying(): void {
    if (this.replay?.isPlaying === true) this.replay.pause();
    else this.replay?.play();
    this.changed(TOPICS);
  }

  /** Shows the lab again. */
  close(): void {
    this.replay?.pause();
    this.replay = undefined;
    this.changed(TOPICS);
  }

  setAttackOutcome(outcome: AttackOutcome | undefined): void {
    this.attackOutcome = outcome;
    this.changedLive(['attack']);
  }

  setConnection(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.changed(['lab']);
  }

  /** What happens in the lab while a recording is shown is kept, and not told. */
  private changedLive(topics: readonly Topic[]): void {
    if (this.replay === undefined) this.changed(topics);
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
