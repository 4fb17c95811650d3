/** What is added to the state for each 32-bit word of a seed (SplitMix32): 2^32 divided by the golden ratio. */
const GOLDEN_GAMMA = 0x9e3779b9;

/** The seed where none is asked for; results with it are the same everywhere. */
export const DEFAULT_SEED = 1;

/** Largest seed: all whole numbers that a JavaScript number holds exactly. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** Where a generator stands: four 32-bit words. */
export type RandomState = readonly [number, number, number, number];

/**
 * A generator of random numbers that gives the same ones for the same seed on every machine: xoshiro128** (Blackman and
 * Vigna), its state filled by SplitMix32. Good for simulations; nothing secret may depend on it.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed a whole number from 0 to {@link MAX_SEED} */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError('a seed is a whole number, not negative');
    }
    const next = splitMix32(seed >>> 0, Math.floor(seed / 0x1_0000_0000));
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** 32 random bits. */
  uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotateLeft(this.d, 11);
    return scrambled;
  }

  /** From 0 inclusive to 1 exclusive, in steps of 2^-53. */
  fraction(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** A whole number from 0 to `end` − 1; a bias of up to end / 2^53 is left. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  /** A generator of its own, which this one's next numbers seed. */
  split(): Random {
    const high = this.uint32() >>> 11;
    return new Random(high * 0x1_0000_0000 + this.uint32());
  }

  /** What {@link restore} goes on from. */
  save(): RandomState {
    return [this.a, this.b, this.c, this.d];
  }

  restore([a, b, c, d]: RandomState): void {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** A waiting time for events that come at `rate` per unit of time. */
  exponential(rate: number): number {
    return -Math.log(1 - this.fraction()) / rate;
  }
}

/** A block found by one of the miners. */
export interface Find {
  /** Index of the miner. */
  readonly miner: number;
  /** When, on the clock of the race: with shares that add up to 1, in mean times between blocks. */
  readonly time: number;
}

/**
 * Who finds the next block, and when. Each miner has a clock that rings after exponentially distributed times, in
 * proportion to its share of the hash rate, which is what searching for hashes amounts to. Nobody waits: the time is
 * virtual.
 */
export class MiningClocks {
  private readonly rings: number[];

  /** @param shares of the hash rate; miners with a share of 0 never find anything */
  constructor(
    private readonly shares: readonly number[],
    private readonly random: Random,
    /** Is told the time of each find. */
    private readonly watch?: { at(time: number): void } | undefined,
  ) {
    this.rings = shares.map(share => this.wait(share));
  }

  next(): Find {
    let miner = 0;
    for (let i = 1; i < this.rings.length; i++) {
      if ((this.rings[i] as number) < (this.rings[miner] as number)) miner = i;
    }
    const time = this.rings[miner] as number;
    this.rings[miner] = time + this.wait(this.shares[miner] as number);
    this.watch?.at(time);
    return { miner, time };
  }

  private wait(share: number): number {
    return share > 0 ? this.random.exponential(share) : Number.POSITIVE_INFINITY;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function splitMix32(low: number, high: number): () => number {
  let state = low ^ Math.imul(high, GOLDEN_GAMMA);
  return () => {
    state = (state + GOLDEN_GAMMA) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
}
