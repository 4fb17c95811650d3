import type { LabEvent } from './lab-event.js';

/** A thousandth to a thousand times as fast as it was. */
export const MIN_REPLAY_SPEED = 0.001;
export const MAX_REPLAY_SPEED = 1_000;

/** Timers hold no more than 24 days of milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Events that are told before others get their turn. */
const MAX_BURST = 500;

export interface ReplayListener {
  /** The next event is due. */
  readonly event: (event: LabEvent) => void;
  /** The place was changed to the one after so many events: what was known of another no longer holds. */
  readonly jumped: (position: number) => void;
  /** All events are told. */
  readonly ended: () => void;
}

export interface ReplayOptions {
  /** 1 is as fast as it was. */
  readonly speed?: number;
  /** Silence is cut down to so many milliseconds of the recording's time. */
  readonly maxGapMs?: number;
}

/**
 * Tells recorded events again, in order and with their distances in time, divided by the speed. Begins at the first event,
 * and stands still until it is told to {@link play}. Knows nothing of files: it runs in a browser as well.
 */
export class Replay {
  private next = 0;
  private rate: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private playing = false;
  /** Milliseconds of the recording, without what was cut out of silences, at each event. */
  private readonly times: Float64Array;
  /** Where the recording's time stood at a moment of the machine's. */
  private anchor = { recorded: 0, real: 0 };

  /** @throws RangeError when the speed makes no sense */
  constructor(
    private readonly events: readonly LabEvent[],
    private readonly listener: ReplayListener,
    { speed = 1, maxGapMs = Number.POSITIVE_INFINITY }: ReplayOptions = {},
  ) {
    this.rate = checkedSpeed(speed);
    this.times = timesOf(events, maxGapMs);
  }

  get speed(): number {
    return this.rate;
  }

  get isPlaying(): boolean {
    return this.playing;
  }

  /** Logical time of the last event that was told; 0 at the beginning. */
  get seq(): number {
    return this.events[this.next - 1]?.seq ?? 0;
  }

  /** Goes on from where it stands. */
  play(): void {
    if (this.playing) return;
    this.playing = true;
    this.setAnchor(this.times[this.next - 1] ?? this.times[0] ?? 0);
    this.schedule();
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.timer);
  }

  /** @throws RangeError */
  setSpeed(speed: number): void {
    const recorded = this.recordedNow();
    this.rate = checkedSpeed(speed);
    if (!this.playing) return;
    this.setAnchor(recorded);
    this.schedule();
  }

  /** Moves to the place after the event with this logical time, or the last one before it; playing goes on from there. */
  seek(seq: number): void {
    this.next = firstAfter(this.events, seq);
    this.listener.jumped(this.next);
    if (!this.playing) return;
    this.setAnchor(this.times[this.next - 1] ?? this.times[0] ?? 0);
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const due = this.times[this.next];
    if (due === undefined) {
      this.playing = false;
      this.listener.ended();
      return;
    }
    const wait = Math.max(0, (due - this.recordedNow()) / this.rate);
    this.timer = setTimeout(() => this.tellDue(), Math.min(wait, MAX_TIMER_MS));
  }

  private tellDue(): void {
    const now = this.recordedNow();
    for (let told = 0; told < MAX_BURST && this.playing; told++) {
      const event = this.events[this.next];
      // A timer may come a little early.
      if (event === undefined || (this.times[this.next] ?? 0) > now + this.rate) break;
      this.next++;
      this.listener.event(event);
    }
    if (this.playing) this.schedule();
  }

  private setAnchor(recorded: number): void {
    this.anchor = { recorded, real: performance.now() };
  }

  private recordedNow(): number {
    return this.anchor.recorded + (performance.now() - this.anchor.real) * this.rate;
  }
}

function checkedSpeed(speed: number): number {
  if (speed >= MIN_REPLAY_SPEED && speed <= MAX_REPLAY_SPEED) return speed;
  throw new RangeError(
    `speed must be a number from ${MIN_REPLAY_SPEED} to ${MAX_REPLAY_SPEED}, not ${speed}`,
  );
}

function timesOf(events: readonly LabEvent[], maxGapMs: number): Float64Array {
  const times = new Float64Array(events.length);
  let time = 0;
  let before = events[0]?.atMs ?? 0;
  events.forEach(({ atMs }, index) => {
    time += Math.min(Math.max(0, atMs - before), maxGapMs);
    before = atMs;
    times[index] = time;
  });
  return times;
}

/** Index of the first event after a logical time. */
export function firstAfter(events: readonly LabEvent[], seq: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
