import { DecodeError, type Reader, type Writer } from '../../primitives/codec.js';

/**
 * Core's VarInt: base 128, most significant group first, the high bit set on all bytes but the last, and one subtracted
 * from every group but the last so that each number has exactly one form. Used on disk only; not CompactSize.
 */
const GROUP = 128;

/** Bytes that a VarInt of `value` takes; `value` is a whole number from 0 to 2^53 - 1. */
export function varIntSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= GROUP; rest = Math.floor(rest / GROUP) - 1) size++;
  return size;
}

/** Writes a VarInt at `at` and returns where it ends. */
export function putVarInt(target: Uint8Array, at: number, value: number): number {
  if (value < GROUP) {
    target[at] = value;
    return at + 1;
  }
  const end = at + varIntSize(value);
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    target[i] = (rest % GROUP) | (i === end - 1 ? 0 : 0x80);
    rest = Math.floor(rest / GROUP) - 1;
  }
  return end;
}

/** The bytes of a VarInt of a number up to 2^64 - 1. */
export function encodeVarInt64(value: bigint): Uint8Array {
  const groups: number[] = [Number(value & 0x7fn)];
  for (let rest = (value >> 7n) - 1n; rest >= 0n; rest = (rest >> 7n) - 1n) {
    groups.push(Number(rest & 0x7fn) | 0x80);
  }
  return Uint8Array.from(groups.reverse());
}

export function writeVarInt(writer: Writer, value: number): Writer {
  const bytes = new Uint8Array(varIntSize(value));
  putVarInt(bytes, 0, value);
  return writer.bytes(bytes);
}

/**
 * Reads a VarInt of at most `max`, which is at most 2^53 - 1.
 *
 * @throws DecodeError when it is larger or cut short
 */
export function readVarInt(reader: Reader, max = Number.MAX_SAFE_INTEGER): number {
  let value = 0;
  for (;;) {
    const byte = reader.u8();
    value = value * GROUP + (byte & 0x7f);
    if (value > max) throw new DecodeError('VarInt too large');
    if (byte < 0x80) return value;
    value++;
  }
}

/** Reads a VarInt of at most 2^64 - 1. */
export function readVarInt64(reader: Reader): bigint {
  let value = 0n;
  for (;;) {
    const byte = reader.u8();
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (value > 0xffffffffffffffffn) throw new DecodeError('VarInt too large');
    if (byte < 0x80) return value;
    value++;
  }
}
