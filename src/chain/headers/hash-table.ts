import { randomInt } from 'node:crypto';

const EMPTY = -1;

/** Slots stay at most three quarters full; beyond that, probe runs get long. */
const MAX_LOAD = 0.75;

/**
 * Open-addressing table from 32-byte hashes to dense numbers. Holds only the numbers; the hashes lie one after the
 * other in the column that the caller keeps. Nothing is ever removed.
 *
 * Slots are salted: peers choose block hashes, and on networks with easy work could make them collide.
 */
export class HashTable {
  private slots: Int32Array;
  private used = 0;

  constructor(
    initialSlots = 1024,
    private readonly salt = randomInt(0x7fffffff),
  ) {
    this.slots = new Int32Array(initialSlots).fill(EMPTY);
  }

  /** The same numbers, in memory of their own. */
  clone(): HashTable {
    const copy = new HashTable(this.slots.length, this.salt);
    copy.slots.set(this.slots);
    copy.used = this.used;
    return copy;
  }

  /** The number whose hash in `hashes` is `hash`, -1 when there is none. */
  find(hash: Uint8Array, hashes: Buffer): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = this.slotOf(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot] as number;
      if (id === EMPTY || isAt(hash, hashes, id * 32)) return id;
    }
  }

  /** Adds `id`, whose hash lies in `hashes` and is not in the table yet. */
  add(id: number, hashes: Buffer): void {
    if (this.used + 1 > this.slots.length * MAX_LOAD) this.grow(hashes);
    this.put(id, hashes);
    this.used++;
  }

  private put(id: number, hashes: Buffer): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.slotOf(hashes, id * 32) & mask;
    while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    slots[slot] = id;
  }

  private grow(hashes: Buffer): void {
    const former = this.slots;
    this.slots = new Int32Array(former.length * 2).fill(EMPTY);
    for (const id of former) if (id !== EMPTY) this.put(id, hashes);
  }

  /** Mixes the first eight bytes: the last ones of a block hash are zeros. */
  private slotOf(bytes: Uint8Array, at: number): number {
    let mixed = this.salt;
    for (let i = at; i < at + 8; i++) mixed = Math.imul(mixed ^ (bytes[i] as number), 0x01000193);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}

/** A loop: a call to Buffer's native comparison costs more than the comparison. */
function isAt(hash: Uint8Array, hashes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 32; i++) if (hash[i] !== hashes[at + i]) return false;
  return true;
}
