import type { Reader } from '../../primitives/codec.js';
import { encodeVarInt64, putVarInt, readVarInt64 } from './varint.js';

/**
 * Core's amount compression: most amounts end in zeros, so the number of trailing zeros (at most 9) is stored apart.
 * With e zeros dropped, d the last digit and n the digits before it: 1 + 10·(9·n + d − 1) + e; for e = 9, where the last
 * digit may be zero: 1 + 10·(n − 1) + 9; zero is 0.
 */
const MAX_EXPONENT = 9;

/**
 * Amounts up to here have a compressed form below 2^53: it is at most about nine times the amount. Larger ones (over
 * 9 million coins in one output) take the slow way.
 */
const MAX_FAST_AMOUNT = 900_000_000_000_000;

/** Compressed form of an amount in satoshis, from 0 to {@link MAX_FAST_AMOUNT}, or of any multiple of 10^9. */
function compressSmall(amount: number): number {
  if (amount === 0) return 0;
  let exponent = 0;
  let rest = amount;
  while (exponent < MAX_EXPONENT && rest % 10 === 0) {
    rest /= 10;
    exponent++;
  }
  if (exponent === MAX_EXPONENT) return 1 + (rest - 1) * 10 + MAX_EXPONENT;
  const digit = rest % 10;
  return 1 + (((rest - digit) / 10) * 9 + digit - 1) * 10 + exponent;
}

/** Compressed form of an amount in satoshis (0 to 2^64 - 1). */
export function compressAmount(amount: bigint): bigint {
  if (amount === 0n) return 0n;
  let exponent = 0n;
  let rest = amount;
  while (exponent < 9n && rest % 10n === 0n) {
    rest /= 10n;
    exponent++;
  }
  if (exponent === 9n) return 1n + (rest - 1n) * 10n + 9n;
  const digit = rest % 10n;
  return 1n + ((rest / 10n) * 9n + digit - 1n) * 10n + exponent;
}

/** The amount behind a compressed form; wraps at 2^64 as Core's arithmetic does. */
export function decompressAmount(compressed: bigint): bigint {
  if (compressed === 0n) return 0n;
  let rest = compressed - 1n;
  const exponent = rest % 10n;
  rest /= 10n;
  const amount = exponent < 9n ? (rest / 9n) * 10n + (rest % 9n) + 1n : rest + 1n;
  return BigInt.asUintN(64, amount * 10n ** exponent);
}

/** Writes the compressed amount as a VarInt at `at` and returns where it ends. `amount` must not be negative. */
export function putCompressedAmount(target: Uint8Array, at: number, amount: number): number {
  if (amount <= MAX_FAST_AMOUNT) return putVarInt(target, at, compressSmall(amount));
  const bytes = encodeVarInt64(compressAmount(BigInt(amount)));
  target.set(bytes, at);
  return at + bytes.length;
}

/** Reads an amount that was written compressed. What Core would read as a negative amount comes out negative. */
export function readCompressedAmount(reader: Reader): number {
  let rest = 0;
  const start = reader.position;
  for (;;) {
    const byte = reader.u8();
    rest = rest * 128 + (byte & 0x7f);
    if (rest >= Number.MAX_SAFE_INTEGER) return readLargeAmount(reader, start);
    if (byte < 0x80) break;
    rest++;
  }
  if (rest === 0) return 0;
  rest--;
  const exponent = rest % 10;
  rest = (rest - exponent) / 10;
  const ninth = rest % 9;
  const digits = exponent < MAX_EXPONENT ? ((rest - ninth) / 9) * 10 + ninth + 1 : rest + 1;
  const amount = digits * 10 ** exponent;
  return amount <= Number.MAX_SAFE_INTEGER ? amount : readLargeAmount(reader, start);
}

function readLargeAmount(reader: Reader, start: number): number {
  reader.position = start;
  return Number(BigInt.asIntN(64, decompressAmount(readVarInt64(reader))));
}
