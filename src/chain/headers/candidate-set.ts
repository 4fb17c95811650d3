import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';

/** Dropped entries at the front are only given back in lots of this many, so that dropping one costs nothing. */
const COMPACT_AT = 1024;

/**
 * Blocks in order of preference. An array with a moving front: blocks are added near its end and dropped from its
 * front nearly always, and while a chain is read in from files there are hundreds of thousands of them.
 */
export class CandidateSet {
  private ids: HeaderId[] = [];
  private front = 0;

  /** @param compare negative when the first is worse; zero only for the same block */
  constructor(private readonly compare: (a: HeaderId, b: HeaderId) => number) {}

  get size(): number {
    return this.ids.length - this.front;
  }

  /** The most preferred, NO_HEADER when there is none. */
  get best(): HeaderId {
    return this.size === 0 ? NO_HEADER : (this.ids[this.ids.length - 1] as HeaderId);
  }

  has(id: HeaderId): boolean {
    return this.ids[this.place(id)] === id;
  }

  add(id: HeaderId): void {
    const at = this.place(id);
    if (this.ids[at] !== id) this.ids.splice(at, 0, id);
  }

  delete(id: HeaderId): void {
    const at = this.place(id);
    if (this.ids[at] === id) this.ids.splice(at, 1);
  }

  /** Drops all that are worse than `id`. */
  dropWorseThan(id: HeaderId): void {
    this.front = this.place(id);
    if (this.front < COMPACT_AT) return;
    this.ids = this.ids.slice(this.front);
    this.front = 0;
  }

  clear(): void {
    this.ids = [];
    this.front = 0;
  }

  *[Symbol.iterator](): Iterator<HeaderId> {
    for (let at = this.front; at < this.ids.length; at++) yield this.ids[at] as HeaderId;
  }

  /** First place whose block is not worse than `id`. */
  private place(id: HeaderId): number {
    let low = this.front;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.ids[middle] as HeaderId, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
