/** Areas begin at lines of the processor's cache, so that no vector lies across two of them. */
const ALIGNMENT = 64;

/** Hands out a module's memory, area after area from address 0. */
export class MemoryLayout {
  private next = 0;

  /** Address of a new area of `size` bytes. */
  area(size: number): number {
    const address = this.next;
    this.next += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    return address;
  }

  /** Bytes of all areas so far. */
  get size(): number {
    return this.next;
  }
}
