import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { NodeEvent } from './node-event.js';

/** Bytes of lines that wait for a slow reader: some 30,000 events, minutes of a busy node. */
export const MAX_EVENT_BACKLOG = 8 << 20;

/** At its end a node waits so long, in milliseconds, for the last lines to be read. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Writes events to another process, one line of JSON for each. When the reader is too slow, events are left out until half
 * of what waits is read; a line of type `lost` then tells how many. Nothing happens any more when the reader is gone.
 */
export class EventPipe {
  /** Lines of this turn of the event loop, written in one go. */
  private lines: string[] = [];
  private lineBytes = 0;
  private lost = 0;
  private isOpen = true;

  constructor(private readonly out: Writable) {
    out.on('drain', () => this.catchUp());
    out.on('error', () => this.abandon());
    out.on('close', () => this.abandon());
  }

  /** @param fd of a pipe that this process was given. @throws Error when there is none */
  static open(fd: number): EventPipe {
    return new EventPipe(new Socket({ fd, readable: false, writable: true }));
  }

  readonly tell = (event: NodeEvent): void => {
    if (!this.isOpen) return;
    const limit = this.lost > 0 ? MAX_EVENT_BACKLOG / 2 : MAX_EVENT_BACKLOG;
    if (this.backlog >= limit) {
      this.lost++;
      return;
    }
    this.tellLoss();
    this.write(event);
  };

  /** Writes what waits, as far as it is read in time. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.tellLoss();
    this.flush();
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.out.once('close', done);
      this.out.end(done);
    });
    this.abandon();
  }

  private get backlog(): number {
    return this.out.writableLength + this.lineBytes;
  }

  private catchUp(): void {
    if (this.backlog < MAX_EVENT_BACKLOG / 2) this.tellLoss();
  }

  private tellLoss(): void {
    if (this.lost === 0) return;
    this.write({ type: 'lost', events: this.lost });
    this.lost = 0;
  }

  private write(event: NodeEvent): void {
    if (this.lines.length === 0) setImmediate(() => this.flush());
    const line = `${JSON.stringify(event)}\n`;
    this.lines.push(line);
    this.lineBytes += line.length;
  }

  private flush(): void {
    if (!this.isOpen || this.lines.length === 0) return;
    this.out.write(this.lines.join(''));
    this.lines = [];
    this.lineBytes = 0;
  }

  private abandon(): void {
    this.isOpen = false;
    this.lines = [];
    this.lineBytes = 0;
  }
}
