import type { Hash256 } from './bytes.js';

/** A compact target ("nBits") taken apart. */
export interface DecodedTarget {
  /** The 256-bit threshold; meaningful only when neither flag is set. */
  readonly target: bigint;
  readonly negative: boolean;
  readonly overflow: boolean;
}

/** What was asked for last: headers come in long rows with the same target, and big integers cost as much as a hash. */
let lastDecoded: { readonly bits: number; readonly decoded: DecodedTarget } | undefined;
let lastWork: { readonly bits: number; readonly work: bigint } | undefined;

/** Decodes a compact target: one byte of exponent (base 256) and a signed 24-bit mantissa. */
export function decodeCompact(bits: number): DecodedTarget {
  if (lastDecoded?.bits !== bits) lastDecoded = { bits, decoded: decode(bits) };
  return lastDecoded.decoded;
}

function decode(bits: number): DecodedTarget {
  const exponent = bits >>> 24;
  const mantissa = bits & 0x007fffff;
  const target =
    exponent <= 3
      ? BigInt(mantissa >>> (8 * (3 - exponent)))
      : BigInt(mantissa) << BigInt(8 * (exponent - 3));
  const negative = target !== 0n && (bits & 0x00800000) !== 0;
  const overflow =
    mantissa !== 0 &&
    (exponent > 34 || (mantissa > 0xff && exponent > 33) || (mantissa > 0xffff && exponent > 32));
  return { target, negative, overflow };
}

/** Encodes a non-negative target; low bits beyond the 23-bit mantissa are dropped. */
export function encodeCompact(target: bigint): number {
  let exponent = Math.ceil(target.toString(16).length / 2);
  if (target === 0n) exponent = 0;
  let mantissa =
    exponent <= 3 ? Number(target) << (8 * (3 - exponent)) : Number(target >> BigInt(8 * (exponent - 3)));
  if ((mantissa & 0x00800000) !== 0) {
    mantissa >>>= 8;
    exponent++;
  }
  return ((exponent << 24) | mantissa) >>> 0;
}

/** The hash as a 256-bit number: its bytes are little-endian. */
export function hashToNumber(hash: Hash256): bigint {
  return BigInt(`0x${Buffer.from(hash).reverse().toString('hex')}`);
}

/** The number as 64 hex digits, as RPC shows chainwork and targets. */
export function formatUint256(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

const TWO_256 = 1n << 256n;

/** Expected number of hashes to meet the target of `bits`: 2^256 / (target + 1); 0 for an impossible target. */
export function blockWork(bits: number): bigint {
  if (lastWork?.bits !== bits) lastWork = { bits, work: workOf(decodeCompact(bits)) };
  return lastWork.work;
}

function workOf({ target, negative, overflow }: DecodedTarget): bigint {
  return negative || overflow || target === 0n ? 0n : TWO_256 / (target + 1n);
}
