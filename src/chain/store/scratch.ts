/**
 * Bytes that are used again and again, for what is copied at once by who gets it. Views of them are kept by their length: a
 * view costs more than to fill it, and its memory waits for the garbage collector.
 */
export class Scratch {
  private readonly bytes: Uint8Array;
  private readonly views: Uint8Array[] = [];

  /** @param size most bytes of a view */
  constructor(readonly size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** The first `length` bytes, which are those of the last call. */
  view(length: number): Uint8Array {
    let view = this.views[length];
    if (view === undefined) {
      view = this.bytes.subarray(0, length);
      this.views[length] = view;
    }
    return view;
  }
}
