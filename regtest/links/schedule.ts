import type { Random } from '../random.js';
import type { LinkConditions } from './conditions.js';

/** Bytes that travel in one packet: what an Ethernet frame leaves for TCP. */
const SEGMENT_BYTES = 1460;

/** TCP's least time before it sends a lost packet again (Linux). */
const MIN_RETRANSMIT_MS = 200;

/** A packet that is lost over and over is waited for twice as long each time; with this many losses the wait stays. */
const MAX_BACKOFF = 6;

/**
 * When bytes that go into one direction of a link come out of it. Draws its luck from the generator, so the same bytes at
 * the same times have the same fate.
 */
export class LinkSchedule {
  /** The sender's end is busy with earlier bytes until then, milliseconds. */
  private busyUntil = 0;
  /** The last bytes arrive then; none overtake them. */
  private lastArrival = 0;

  constructor(private readonly random: Random) {}

  /**
   * @param nowMs time of sending, on any clock that only goes forward
   * @returns time of arrival on the same clock
   */
  arrival(bytes: number, nowMs: number, conditions: LinkConditions): number {
    const { latencyMs, jitterMs, bandwidthKbps } = conditions;
    const start = Math.max(nowMs, this.busyUntil);
    // A kilobit per second is a bit per millisecond.
    this.busyUntil = bandwidthKbps === 0 ? start : start + (bytes * 8) / bandwidthKbps;
    const jitter = jitterMs === 0 ? 0 : this.random.fraction() * jitterMs;
    const arrival = this.busyUntil + latencyMs + jitter + this.lossDelay(bytes, conditions);
    this.lastArrival = Math.max(this.lastArrival, arrival);
    return this.lastArrival;
  }

  /** The packets of a piece are under way together: what counts is the one that has to be sent again most often. */
  private lossDelay(bytes: number, { loss, latencyMs, jitterMs }: LinkConditions): number {
    if (loss === 0) return 0;
    let worst = 0;
    for (let packets = Math.ceil(bytes / SEGMENT_BYTES); packets > 0; packets--) {
      let losses = 0;
      while (this.random.fraction() < loss) losses++;
      worst = Math.max(worst, losses);
    }
    const timeout = Math.max(MIN_RETRANSMIT_MS, 2 * (2 * latencyMs + jitterMs));
    let delay = 0;
    for (let i = 0; i < worst; i++) delay += timeout * 2 ** Math.min(i, MAX_BACKOFF);
    return delay;
  }
}
