import { EMPTY_BYTES } from '../primitives/bytes.js';

/** Bytes that an operand of arithmetic may have; results may be longer, but cannot be calculated with. */
export const MAX_SCRIPT_NUM_SIZE = 4;

/** Bytes that the operand of CHECKLOCKTIMEVERIFY and CHECKSEQUENCEVERIFY may have. */
export const MAX_LOCK_NUM_SIZE = 5;

/**
 * Reads a script number: little-endian magnitude with the sign in the top bit of the last byte.
 *
 * @param requireMinimal refuse an encoding that is longer than necessary, negative zero included
 * @param maxSize longest encoding taken; at most 6, so that the value is exact in a double
 * @returns undefined when the bytes are too long or, if asked, not minimal
 */
export function scriptNumDecode(
  bytes: Uint8Array,
  requireMinimal: boolean,
  maxSize = MAX_SCRIPT_NUM_SIZE,
): number | undefined {
  const size = bytes.length;
  if (size > maxSize) return undefined;
  if (size === 0) return 0;
  const last = bytes[size - 1] as number;
  if (requireMinimal && (last & 0x7f) === 0) {
    // A last byte without magnitude is needed only to keep the top bit below it from being read as the sign.
    if (size === 1 || ((bytes[size - 2] as number) & 0x80) === 0) return undefined;
  }
  let magnitude = last & 0x7f;
  for (let i = size - 2; i >= 0; i--) magnitude = magnitude * 256 + (bytes[i] as number);
  return (last & 0x80) !== 0 && magnitude !== 0 ? -magnitude : magnitude;
}

const ONE_BYTE: readonly Uint8Array[] = Array.from({ length: 128 }, (_, n) => Uint8Array.of(n));

/** Shortest encoding of a whole number within ±2^53. Zero is the empty string. The result must not be changed. */
export function scriptNumEncode(value: number): Uint8Array {
  if (value === 0) return EMPTY_BYTES;
  if (value > 0 && value < 128) return ONE_BYTE[value] as Uint8Array;
  const negative = value < 0;
  let magnitude = negative ? -value : value;
  const bytes: number[] = [];
  while (magnitude > 0) {
    bytes.push(magnitude % 256);
    magnitude = Math.floor(magnitude / 256);
  }
  const last = bytes.length - 1;
  if ((bytes[last] as number) >= 0x80) bytes.push(negative ? 0x80 : 0);
  else if (negative) bytes[last] = (bytes[last] as number) | 0x80;
  return Uint8Array.from(bytes);
}
