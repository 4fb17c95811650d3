/** A few bytes of code: plain arrays, which are joined fast. */
export type Bytes = readonly number[];

/** Unsigned LEB128 of a whole number below 2^32: seven bits a byte, the lowest first. */
export function unsigned(value: number): Bytes {
  if (value < 0x80) return [value];
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer: ends with the first byte whose bit 6 tells the sign of all that is left out. */
export function signed(value: number): Bytes {
  if (value >= -0x40 && value <= 0x3f) return [value & 0x7f];
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest > 0x3f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest & 0x7f);
  return bytes;
}

/** The bytes of a module or of a large part of one, in the making. */
export class ByteWriter {
  private buffer = new Uint8Array(4096);
  private length = 0;

  bytes(bytes: ArrayLike<number>): this {
    const end = this.length + bytes.length;
    if (end > this.buffer.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.buffer.length));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.buffer.set(bytes, this.length);
    this.length = end;
    return this;
  }

  /** `content` after its length. */
  sized(content: ArrayLike<number>): this {
    return this.bytes(unsigned(content.length)).bytes(content);
  }

  /** What was written; a view. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}

/** `content` after its length. */
export function sized(content: Bytes): Bytes {
  return unsigned(content.length).concat(content);
}

/** A name of ASCII characters after its length. */
export function name(text: string): Bytes {
  return sized(Array.from(text, character => character.charCodeAt(0)));
}
