import type { NonceScanner } from '../crypto/sha256/backend.js';

/**
 * Memory shared by the threads that search for one nonce. Word 0: not zero when the search is to end at once. Word 1: the
 * lowest nonce found so far; threads go on below it only, so the search finds the same nonce however many they are.
 */
export class SearchControl {
  private static readonly NONE = 0xffffffff;
  private readonly words: Uint32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.words = new Uint32Array(memory);
  }

  /** Starts over. No thread may be searching. */
  reset(): void {
    Atomics.store(this.words, 0, 0);
    Atomics.store(this.words, 1, SearchControl.NONE);
  }

  stop(): void {
    Atomics.store(this.words, 0, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  /** The lowest nonce reported; undefined while there is none. */
  get found(): number | undefined {
    const nonce = Atomics.load(this.words, 1);
    return nonce === SearchControl.NONE ? undefined : nonce;
  }

  /** False when searching from `nonce` on is pointless. */
  isWanted(nonce: number): boolean {
    return !this.isStopped && nonce < Atomics.load(this.words, 1);
  }

  report(nonce: number): void {
    for (;;) {
      const lowest = Atomics.load(this.words, 1);
      if (nonce >= lowest || Atomics.compareExchange(this.words, 1, lowest, nonce) === lowest) return;
    }
  }
}

/** A range of nonces for a thread to search. */
export interface SearchTask {
  /** 80 bytes; the nonce in it does not matter. */
  readonly header: Uint8Array;
  /** 32 bytes, little-endian. */
  readonly target: Uint8Array;
  readonly start: number;
  readonly count: number;
  readonly control: SharedArrayBuffer;
}

/**
 * Searches a range slice by slice; reports what it finds and returns how many nonces it tried. Between two slices, about
 * every 10 ms, it looks at the shared memory: a new tip stops the search at once for a person, and the look costs nothing.
 */
export function searchRange(
  scanner: NonceScanner,
  start: number,
  count: number,
  control: SearchControl,
): number {
  const end = start + count;
  let at = start;
  while (at < end && control.isWanted(at)) {
    const size = Math.min(scanner.slice, end - at);
    const nonce = scanner.scan(at, size);
    if (nonce >= 0) {
      control.report(nonce);
      return nonce - start + 1;
    }
    at += size;
  }
  return at - start;
}
