import type { LabView } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { LabState } from './lab-state.js';
import { MAX_LISTED_EVENTS } from './limits.js';

/** States that are kept on the way, to go back from: with more, none is far, and memory grows. */
const MAX_CHECKPOINTS = 40;

/** With fewer events between two states it is quicker to go through them. */
const LEAST_SPAN = 1000;

/** Work before others get their turn, and events between two looks at the clock. */
const SLICE_MS = 15;
const STEPS = 100;

/** Events of a lab, and what is known of it before the first. */
export interface Recording {
  readonly name: string;
  readonly events: readonly LabEvent[];
  readonly start?: LabView;
}

/** A recording with a place in it: the state after the events up to there. */
export class Replay {
  /** Events that the state holds. */
  position = 0;
  state: LabState;
  private readonly span: number;
  /** Entry i: the state after i spans. */
  private readonly checkpoints: LabState[] = [];

  constructor(readonly recording: Recording) {
    this.span = Math.max(LEAST_SPAN, Math.ceil(recording.events.length / MAX_CHECKPOINTS));
    const first = new LabState();
    if (recording.start !== undefined) first.reset(recording.start);
    this.checkpoints.push(first);
    this.state = first.clone();
  }

  /** A recording at its end: every place in it is near then. Goes through it a little at a time, so that the page stays usable. */
  static async atEnd(recording: Recording): Promise<Replay> {
    const replay = new Replay(recording);
    while (replay.position < replay.length) {
      const until = performance.now() + SLICE_MS;
      while (replay.position < replay.length && performance.now() < until)
        replay.seek(replay.position + STEPS);
      await new Promise(resolve => setTimeout(resolve));
    }
    return replay;
  }

  get length(): number {
    return this.recording.events.length;
  }

  /** The event that was the last to happen. */
  get current(): LabEvent | undefined {
    return this.recording.events[this.position - 1];
  }

  /** Events up to here, oldest first, as many as are listed. */
  recent(): readonly LabEvent[] {
    return this.recording.events.slice(Math.max(0, this.position - MAX_LISTED_EVENTS), this.position);
  }

  /** Goes to the state after so many events, forwards or back. */
  seek(target: number): void {
    const goal = Math.max(0, Math.min(Math.round(target), this.length));
    if (goal < this.position) {
      const at = Math.min(Math.floor(goal / this.span), this.checkpoints.length - 1);
      this.state = this.checkpoints[at]?.clone() ?? new LabState();
      this.position = at * this.span;
    }
    while (this.position < goal) this.step();
  }

  /** Events of this place up to a logical time in milliseconds. */
  positionAt(atMs: number): number {
    const { events } = this.recording;
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private step(): void {
    const event = this.recording.events[this.position];
    if (event === undefined) return;
    this.state.apply(event);
    this.position++;
    if (this.position === this.checkpoints.length * this.span) this.checkpoints.push(this.state.clone());
  }
}
