import type { LabView } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { Replay } from '../../events/replay.js';
import { LabState, type Topic } from './lab-state.js';
import { MAX_LISTED_EVENTS } from './limits.js';

/** States that are kept on the way, to go back from: with more, none is far, and memory grows. */
const MAX_CHECKPOINTS = 40;

/** With fewer events between two states it is quicker to go through them. */
const LEAST_SPAN = 1000;

/** Work before others get their turn, and events between two looks at the clock. */
const SLICE_MS = 15;
const STEPS = 100;

/** How much faster than it happened a recording plays at first. */
const FIRST_SPEED = 4;

/** Events of a lab, and what is known of it before the first. */
export interface Recording {
  readonly name: string;
  readonly events: readonly LabEvent[];
  readonly start?: LabView;
}

export interface PlaybackListener {
  /** It plays, and has come to this event, which may have changed these topics. */
  readonly played: (event: LabEvent, topics: readonly Topic[]) => void;
  /** It has played to its end. */
  readonly ended: () => void;
}

/** A recording with a place in it, the state there, and a clock by which it plays. */
export class Playback {
  state: LabState;
  /** Events that the state holds. */
  private held = 0;
  private readonly player: Replay;
  private readonly span: number;
  /** Entry i: the state after i spans. */
  private readonly checkpoints: LabState[] = [];

  constructor(
    readonly recording: Recording,
    listener: PlaybackListener,
  ) {
    const { events, start } = recording;
    this.span = Math.max(LEAST_SPAN, Math.ceil(events.length / MAX_CHECKPOINTS));
    const first = new LabState();
    if (start !== undefined) first.reset(start);
    this.checkpoints.push(first);
    this.state = first.clone();
    this.player = new Replay(
      events,
      {
        event: event => listener.played(event, this.step()),
        jumped: position => this.goTo(position),
        ended: listener.ended,
      },
      { speed: FIRST_SPEED },
    );
  }

  /** A recording at its end: every place in it is near then. Goes through it a little at a time, so that the page stays usable. */
  static async atEnd(recording: Recording, listener: PlaybackListener): Promise<Playback> {
    const playback = new Playback(recording, listener);
    while (playback.position < playback.length) {
      const until = performance.now() + SLICE_MS;
      while (playback.position < playback.length && performance.now() < until)
        playback.seek(playback.position + STEPS);
      await new Promise(resolve => setTimeout(resolve));
    }
    return playback;
  }

  get length(): number {
    return this.recording.events.length;
  }

  /** Events up to here. */
  get position(): number {
    return this.held;
  }

  /** The event that was the last to happen. */
  get current(): LabEvent | undefined {
    return this.recording.events[this.held - 1];
  }

  get isPlaying(): boolean {
    return this.player.isPlaying;
  }

  get speed(): number {
    return this.player.speed;
  }

  /** Events up to here, oldest first, as many as are listed. */
  recent(): readonly LabEvent[] {
    return this.recording.events.slice(Math.max(0, this.held - MAX_LISTED_EVENTS), this.held);
  }

  /** Plays on from here; from the start when it is at its end. */
  play(): void {
    if (this.held === this.length) this.seek(0);
    this.player.play();
  }

  pause(): void {
    this.player.pause();
  }

  setSpeed(speed: number): void {
    this.player.setSpeed(speed);
  }

  /** Goes to the state after so many events, forwards or back. */
  seek(target: number): void {
    const position = Math.max(0, Math.min(Math.round(target), this.length));
    this.player.seek(this.recording.events[position - 1]?.seq ?? 0);
  }

  private goTo(position: number): void {
    if (position < this.held) {
      const at = Math.min(Math.floor(position / this.span), this.checkpoints.length - 1);
      this.state = this.checkpoints[at]?.clone() ?? new LabState();
      this.held = at * this.span;
    }
    while (this.held < position) this.step();
  }

  private step(): readonly Topic[] {
    const event = this.recording.events[this.held];
    if (event === undefined) return [];
    const topics = this.state.apply(event);
    this.held++;
    if (this.held === this.checkpoints.length * this.span) this.checkpoints.push(this.state.clone());
    return topics;
  }
}
