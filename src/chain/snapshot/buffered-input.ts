import { DecodeError, Reader } from '../../primitives/codec.js';

/** Reads on into `target`, from where the last read ended; resolves with the number of bytes, 0 at the end. */
export type ReadBytes = (target: Uint8Array) => Promise<number>;

/** Bytes held at a time: enough for reads to be few. */
const BUFFER_BYTES = 1 << 20;

/** A stream of bytes of which the next few are at hand to be decoded. */
export class BufferedInput {
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private ended = false;
  /** What is at hand. Another one after each {@link fill}. */
  reader = new Reader(this.buffer, 0, 0);

  constructor(private readonly read: ReadBytes) {}

  /** Puts at least `least` bytes at hand, fewer when the stream ends before; `least` is far less than the buffer. */
  async fill(least: number): Promise<void> {
    const { position, end } = this.reader;
    if (end - position >= least || this.ended) return;
    this.buffer.copyWithin(0, position, end);
    let size = end - position;
    while (size < least && !this.ended) {
      const count = await this.read(this.buffer.subarray(size));
      this.ended = count === 0;
      size += count;
    }
    this.reader = new Reader(this.buffer, 0, size);
  }

  /** Passes over bytes without holding them. @throws DecodeError when there are not as many */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      await this.fill(1);
      const step = Math.min(left, this.reader.remaining);
      if (step === 0) throw new DecodeError('unexpected end of data');
      this.reader.skip(step);
      left -= step;
    }
  }
}
