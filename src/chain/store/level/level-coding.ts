import { crc32c } from '../../../crypto/crc32c.js';
import { asBuffer } from '../../../primitives/bytes.js';

/** Bytes of a LevelDB file are not what LevelDB writes. The message says what is wrong, not where. */
export class LevelDamage extends Error {
  override readonly name = 'LevelDamage';
}

/** LevelDB turns and shifts its checksums, so that a checksum of data that hold checksums is a good one. */
const MASK_DELTA = 0xa282ead8;

/** The stored form of the CRC-32C of `bytes`. */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** Reads LevelDB's own numbers and strings: seven bits a byte, the low ones first. */
export class LevelReader {
  position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** @throws LevelDamage when it is cut off, or too large to be the number or the place of anything */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw new LevelDamage('a number is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new LevelDamage('a number is out of range');
  }

  /** So many bytes, as a view. @throws LevelDamage */
  take(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length) throw new LevelDamage('a string is cut off');
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  /** Bytes with their number before them. @throws LevelDamage */
  string(): Uint8Array {
    return this.take(this.varint());
  }
}

export function u32(bytes: Uint8Array, at: number): number {
  return asBuffer(bytes).readUInt32LE(at);
}
