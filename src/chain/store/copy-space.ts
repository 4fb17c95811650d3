/** Bytes of a space at first, and at most unless a single copy is longer: a space of a few records takes little. */
const FIRST_SIZE = 512;
const LAST_SIZE = 128 << 10;

/** Copies of short byte runs behind each other in one memory, which is used again once they are not needed. */
export class CopySpace {
  private space = new Uint8Array(0);
  private used = 0;

  /** A copy, which is good until {@link reuse}. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > this.space.length - this.used) this.renew(length);
    const copy = this.space.subarray(this.used, this.used + length);
    copy.set(bytes);
    this.used += length;
    return copy;
  }

  /** All copies are void. */
  reuse(): void {
    this.used = 0;
  }

  /** Goes on in another memory; copies that are still needed keep the former one. */
  private renew(atLeast: number): void {
    const size = Math.min(Math.max(this.space.length * 2, FIRST_SIZE), LAST_SIZE);
    this.space = new Uint8Array(Math.max(size, atLeast));
    this.used = 0;
  }
}
