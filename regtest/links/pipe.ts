import type { Random } from '../random.js';
import type { LinkConditions } from './conditions.js';
import { LinkSchedule } from './schedule.js';

interface Piece {
  /** Nothing: the sender closed. */
  readonly bytes: Uint8Array | undefined;
  readonly arrivalMs: number;
  readonly done: (() => void) | undefined;
}

/**
 * One direction of a connection: bytes go in, and come out in order when the link's conditions let them. Changed
 * conditions hold for all that is sent from then on.
 */
export class Pipe {
  private readonly schedule: LinkSchedule;
  private readonly pieces: Piece[] = [];
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  private paused = false;
  private closed = false;

  constructor(
    private readonly conditions: () => LinkConditions,
    random: Random,
    /** Undefined at the end. */
    private readonly deliver: (bytes: Uint8Array | undefined) => void,
  ) {
    this.schedule = new LinkSchedule(random);
  }

  /** @param done called when the bytes have come out */
  send(bytes: Uint8Array, done?: () => void): void {
    this.push(bytes, bytes.length, done);
  }

  /** No more bytes come: the other end hears of it after all that are under way. */
  end(): void {
    this.push(undefined, 0, undefined);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.arm();
  }

  /** Drops what is under way. */
  destroy(): void {
    this.closed = true;
    this.pieces.length = 0;
    this.disarm();
  }

  private push(bytes: Uint8Array | undefined, length: number, done: (() => void) | undefined): void {
    if (this.closed) return;
    const arrivalMs = this.schedule.arrival(length, performance.now(), this.conditions());
    this.pieces.push({ bytes, arrivalMs, done });
    if (this.pieces.length === 1) this.arm();
  }

  private arm(): void {
    const first = this.pieces[0];
    if (first === undefined || this.paused || this.timer !== undefined) return;
    const waitMs = first.arrivalMs - performance.now();
    this.timer =
      waitMs <= 0 ? setImmediate(() => this.release()) : setTimeout(() => this.release(), Math.ceil(waitMs));
  }

  private disarm(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = undefined;
  }

  private release(): void {
    this.timer = undefined;
    const nowMs = performance.now();
    while (!this.paused && !this.closed) {
      const first = this.pieces[0];
      if (first === undefined || first.arrivalMs > nowMs) break;
      this.pieces.shift();
      this.deliver(first.bytes);
      first.done?.();
    }
    this.arm();
  }
}
