/**
 * Messages to hash, each put together from ranges of one source: a transaction without its witness is three ranges of
 * its block. Nothing is copied here.
 */
export class MessageList {
  /** Start and end of each range. */
  readonly ranges: number[] = [];
  /** For each message, the place in `ranges` behind its last range. */
  readonly ends: number[] = [];

  constructor(readonly source: Uint8Array) {}

  /** Messages so far, the one in the making not counted. */
  get count(): number {
    return this.ends.length;
  }

  /** Adds the bytes from `start` to `end`, the latter excluded, to the message in the making. */
  range(start: number, end: number): this {
    this.ranges.push(start, end);
    return this;
  }

  /** The message in the making is complete; it has one range at least. */
  endMessage(): void {
    this.ends.push(this.ranges.length);
  }
}
