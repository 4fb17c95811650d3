import { int32At } from '../crypto/int32-at.js';
import { asBuffer, EMPTY_BYTES } from './bytes.js';

/** Bytes that do not decode: cut short, not canonical, or over a limit. Always the sender's fault, never a bug. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** What `read` makes of some bytes, or the DecodeError that it throws. Any other error is a bug and goes on. */
export function decoded<T>(read: () => T): T | DecodeError {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof DecodeError) return thrown;
    throw thrown;
  }
}

/** Largest length that any CompactSize may announce (Core's MAX_SIZE): 32 MiB. */
export const MAX_COMPACT_SIZE = 0x02000000;

/** Unsigned, little-endian. */
export function u32At(bytes: Uint8Array, at: number): number {
  return int32At(bytes, at) >>> 0;
}

/** See {@link Reader.amount}. */
export function amountAt(bytes: Uint8Array, at: number): number {
  return int32At(bytes, at + 4) * 0x100000000 + u32At(bytes, at);
}

/** Bytes of a CompactSize that begins with the byte `first`: 1, 3, 5 or 9. */
export function compactSizeWidth(first: number): number {
  return first < 0xfd ? 1 : 1 + (1 << (first - 0xfc));
}

/** Reads little-endian integers, CompactSize lengths and byte runs from a buffer. Byte runs are views, not copies. */
export class Reader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
    readonly end: number = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.end - this.position;
  }

  get isDone(): boolean {
    return this.position === this.end;
  }

  /** Moves on by `length` bytes and returns where they start. */
  skip(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw new DecodeError('unexpected end of data');
    this.position = start + length;
    return start;
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  /** Big-endian, as ports are written in network addresses. */
  u16be(): number {
    return this.view.getUint16(this.skip(2), false);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.skip(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.skip(8), true);
  }

  /** A number in double precision (IEEE 754), little-endian. */
  f64(): number {
    return this.view.getFloat64(this.skip(8), true);
  }

  /**
   * A satoshi amount: signed 64-bit on the wire. Every amount within ±2^53 is exact; beyond, the nearest double, which
   * is outside the money range as the exact value is, so range checks see what Core sees.
   */
  amount(): number {
    return amountAt(this.bytes, this.skip(8));
  }

  /** CompactSize number; one that a shorter form could hold is refused, as is one over `max`. */
  compactSize(max = MAX_COMPACT_SIZE): number {
    const size = this.readCompact();
    if (size > max) throw new DecodeError('ReadCompactSize(): size too large');
    return size;
  }

  /** CompactSize of the full 64-bit range, as a bigint. */
  compactSize64(): bigint {
    const first = this.view.getUint8(this.skip(1));
    if (first < 0xfd) return BigInt(first);
    const value = first === 0xfd ? BigInt(this.u16()) : first === 0xfe ? BigInt(this.u32()) : this.u64();
    const least = first === 0xfd ? 0xfdn : first === 0xfe ? 0x10000n : 0x100000000n;
    if (value < least) throw new DecodeError('non-canonical ReadCompactSize()');
    return value;
  }

  private readCompact(): number {
    const first = this.view.getUint8(this.skip(1));
    if (first < 0xfd) return first;
    if (first === 0xfd) {
      const value = this.u16();
      if (value < 0xfd) throw new DecodeError('non-canonical ReadCompactSize()');
      return value;
    }
    if (first === 0xfe) {
      const value = this.u32();
      if (value < 0x10000) throw new DecodeError('non-canonical ReadCompactSize()');
      return value;
    }
    const value = this.u64();
    if (value < 0x100000000n) throw new DecodeError('non-canonical ReadCompactSize()');
    return Number(value);
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return length === 0 ? EMPTY_BYTES : this.bytes.subarray(start, start + length);
  }

  hash(): Uint8Array {
    return this.take(32);
  }

  /** CompactSize length and that many bytes. */
  varBytes(max = MAX_COMPACT_SIZE): Uint8Array {
    return this.take(this.compactSize(max));
  }

  varString(max = MAX_COMPACT_SIZE): string {
    return asBuffer(this.varBytes(max)).toString('utf8');
  }

  /** Refuses bytes left over. */
  finish(): void {
    if (this.position !== this.end) throw new DecodeError('unexpected trailing data');
  }
}

/** Bytes that a CompactSize of `value` takes: 1, 3, 5 or 9. */
export function compactSizeLength(value: number): number {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
}

/** Writes little-endian integers, CompactSize lengths and byte runs to a buffer that grows. */
export class Writer {
  private buffer: Buffer;
  private view: DataView;
  private length = 0;

  /** @param room bytes that will be needed, or memory to write into; another is taken when it is too little */
  constructor(room: number | Uint8Array = 256) {
    this.buffer = typeof room === 'number' ? Buffer.allocUnsafe(Math.max(room, 16)) : asBuffer(room);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  /** Makes room and returns where it is. To be called before `buffer` or `view` is read: growing replaces both. */
  private advance(length: number): number {
    const at = this.length;
    const needed = at + length;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, at);
      this.buffer = grown;
      this.view = new DataView(grown.buffer, grown.byteOffset, grown.length);
    }
    this.length = needed;
    return at;
  }

  u8(value: number): this {
    const at = this.advance(1);
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.advance(2);
    this.view.setUint16(at, value, true);
    return this;
  }

  u16be(value: number): this {
    const at = this.advance(2);
    this.view.setUint16(at, value, false);
    return this;
  }

  u32(value: number): this {
    const at = this.advance(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    const at = this.advance(4);
    this.view.setInt32(at, value, true);
    return this;
  }

  u64(value: bigint): this {
    const at = this.advance(8);
    this.view.setBigUint64(at, value, true);
    return this;
  }

  /** See {@link Reader.f64}. */
  f64(value: number): this {
    const at = this.advance(8);
    this.view.setFloat64(at, value, true);
    return this;
  }

  i64(value: bigint): this {
    const at = this.advance(8);
    this.view.setBigInt64(at, value, true);
    return this;
  }

  /** A satoshi amount as signed 64-bit; `value` is a whole number within ±2^53. */
  amount(value: number): this {
    const at = this.advance(8);
    this.view.setUint32(at, value >>> 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 0x100000000), true);
    return this;
  }

  compactSize(value: number): this {
    if (value < 0xfd) return this.u8(value);
    if (value <= 0xffff) return this.u8(0xfd).u16(value);
    if (value <= 0xffffffff) return this.u8(0xfe).u32(value);
    return this.u8(0xff).u64(BigInt(value));
  }

  bytes(value: Uint8Array): this {
    const at = this.advance(value.length);
    this.buffer.set(value, at);
    return this;
  }

  varBytes(value: Uint8Array): this {
    return this.compactSize(value.length).bytes(value);
  }

  varString(value: string): this {
    return this.varBytes(Buffer.from(value, 'utf8'));
  }

  /** What was written. The view stays valid; writing on may or may not show in it. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}
