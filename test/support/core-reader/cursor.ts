/** Bytes that are not in the format. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Reads numbers and bytes one after the other. Numbers are little-endian unless the name says otherwise. */
export class Cursor {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(count: number): Uint8Array {
    const start = this.step(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.view.getUint8(this.step(1));
  }

  u16BigEndian(): number {
    return this.view.getUint16(this.step(2), false);
  }

  u16(): number {
    return this.view.getUint16(this.step(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.step(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.step(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.step(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.step(8), true);
  }

  /** A double that was stored by its IEEE 754 bits. */
  double(): number {
    return this.view.getFloat64(this.step(8), true);
  }

  /** Bitcoin's length prefix: one byte, or a mark and two, four or eight bytes; the shortest form only. */
  compactSize(): number {
    const first = this.u8();
    if (first < 253) return first;
    const [value, least] =
      first === 253
        ? [BigInt(this.u16()), 253n]
        : first === 254
          ? [BigInt(this.u32()), 0x10000n]
          : [this.u64(), 0x100000000n];
    if (value < least) throw new FormatError('a compact size is not in its shortest form');
    return Number(value);
  }

  /** Core's number on disk: seven bits a byte, highest first, one added for each byte that follows. */
  varInt(): bigint {
    let value = 0n;
    for (;;) {
      const byte = BigInt(this.u8());
      value = value * 128n + (byte % 128n);
      if (byte < 128n) return value;
      value += 1n;
    }
  }

  varNumber(): number {
    return Number(this.varInt());
  }

  prefixed(): Uint8Array {
    return this.take(this.compactSize());
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.compactSize() }, item);
  }

  /** Nothing may follow. */
  end(): void {
    if (this.left > 0) throw new FormatError(`${this.left} bytes too many`);
  }

  private step(count: number): number {
    if (count > this.left) throw new FormatError(`${count} bytes wanted, ${this.left} left`);
    const start = this.at;
    this.at += count;
    return start;
  }
}

/** The bytes of a number on disk, as {@link Cursor.varInt} reads them. */
export function varIntBytes(value: bigint): number[] {
  const bytes = [Number(value % 128n)];
  for (let rest = value / 128n; rest > 0n; rest = (rest - 1n) / 128n)
    bytes.unshift(Number((rest - 1n) % 128n) + 128);
  return bytes;
}
