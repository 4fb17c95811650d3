import { locateErrors } from './bech32-errors.js';

/** Which checksum constant closes the text: BIP173 for witness version 0, BIP350 for all later ones. */
export type Bech32Encoding = 'bech32' | 'bech32m';

export interface Bech32 {
  readonly encoding: Bech32Encoding;
  /** Human-readable part, lower case. */
  readonly hrp: string;
  /** 5-bit groups without the checksum. */
  readonly data: Uint8Array;
}

export const BECH32_CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
export const BECH32_CHECKSUM_SIZE = 6;

/** The checksum finds up to four errors only within this length (BIP173); longer texts are refused. */
export const BECH32_MAX_LENGTH = 90;

const CHECKSUM_CONSTANT: Record<Bech32Encoding, number> = { bech32: 1, bech32m: 0x2bc830a3 };

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

const SEPARATOR = '1';

/** 5-bit value of each character of the charset, either case. */
const CHARACTER_VALUES = new Map(
  [...BECH32_CHARSET].flatMap((character, value) => [
    [character, value] as const,
    [character.toUpperCase(), value] as const,
  ]),
);

/** Remainder of the BCH code over the groups `values`: 30 bits, first group highest. */
function polymod(values: Iterable<number>): number {
  let state = 1;
  for (const value of values) {
    const top = state >>> 25;
    state = ((state & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of GENERATOR.entries()) if ((top >>> bit) & 1) state ^= term;
  }
  return state >>> 0;
}

/** What the checksum covers: high bits of the human-readable part, zero, low bits of it, then the data. */
function* checksummed(hrp: string, data: Iterable<number>): Generator<number> {
  for (let i = 0; i < hrp.length; i++) yield hrp.charCodeAt(i) >> 5;
  yield 0;
  for (let i = 0; i < hrp.length; i++) yield hrp.charCodeAt(i) & 31;
  yield* data;
}

/** Writes `data` (5-bit groups) with a checksum. `hrp` must be lower case; length is not limited here. */
export function bech32Encode(encoding: Bech32Encoding, hrp: string, data: Iterable<number>): string {
  const values = [...data];
  const padded = [...values, ...new Array<number>(BECH32_CHECKSUM_SIZE).fill(0)];
  const checksum = polymod(checksummed(hrp, padded)) ^ CHECKSUM_CONSTANT[encoding];
  for (let i = BECH32_CHECKSUM_SIZE - 1; i >= 0; i--) values.push((checksum >>> (5 * i)) & 31);
  return hrp + SEPARATOR + values.map(value => BECH32_CHARSET.charAt(value)).join('');
}

/** A bech32 text taken apart, its checksum not yet judged. */
export interface Bech32Parts {
  readonly hrp: string;
  /** 5-bit groups, checksum included. */
  readonly values: Uint8Array;
}

export interface Bech32Error {
  /** Core's words for what is wrong. */
  readonly error: string;
  /** Byte positions in the text that are likely wrong, ascending; empty when they cannot be told. */
  readonly locations: readonly number[];
}

/** Positions of characters that are not printable ASCII or that break the rule of one case only. */
function badCharacters(text: string): number[] {
  const bad: number[] = [];
  let lower = false;
  let upper = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isLower = code >= 0x61 && code <= 0x7a;
    const isUpper = code >= 0x41 && code <= 0x5a;
    if (code < 33 || code > 126 || (isLower && upper) || (isUpper && lower)) bad.push(i);
    else if (isLower) lower = true;
    else if (isUpper) upper = true;
  }
  return bad;
}

/** Splits a text into its parts or says why it has none, in the order of checks that Core's messages follow. */
function takeApart(text: string): Bech32Parts | Bech32Error {
  if (text.length > BECH32_MAX_LENGTH) {
    const excess = Array.from({ length: text.length - BECH32_MAX_LENGTH }, (_, i) => BECH32_MAX_LENGTH + i);
    return { error: 'Bech32 string too long', locations: excess };
  }
  const bad = badCharacters(text);
  if (bad.length > 0) return { error: 'Invalid character or mixed case', locations: bad };
  const separator = text.lastIndexOf(SEPARATOR);
  if (separator < 0) return { error: 'Missing separator', locations: [] };
  if (separator === 0 || separator + BECH32_CHECKSUM_SIZE >= text.length) {
    return { error: 'Invalid separator position', locations: [separator] };
  }
  const values = new Uint8Array(text.length - separator - 1);
  for (let i = 0; i < values.length; i++) {
    const at = separator + 1 + i;
    const value = CHARACTER_VALUES.get(text.charAt(at));
    if (value === undefined) return { error: 'Invalid Base 32 character', locations: [at] };
    values[i] = value;
  }
  return { hrp: text.slice(0, separator).toLowerCase(), values };
}

/** One character per UTF-8 byte, since lengths and positions count bytes. */
function bytesAsCharacters(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Reads a bech32 or bech32m text of at most {@link BECH32_MAX_LENGTH} bytes; undefined when it is neither. */
export function bech32Decode(text: string): Bech32 | undefined {
  const parts = takeApart(bytesAsCharacters(text));
  if ('error' in parts) return undefined;
  const remainder = polymod(checksummed(parts.hrp, parts.values));
  const data = parts.values.subarray(0, parts.values.length - BECH32_CHECKSUM_SIZE);
  if (remainder === CHECKSUM_CONSTANT.bech32) return { encoding: 'bech32', hrp: parts.hrp, data };
  if (remainder === CHECKSUM_CONSTANT.bech32m) return { encoding: 'bech32m', hrp: parts.hrp, data };
  return undefined;
}

/**
 * Says what is wrong with a text that {@link bech32Decode} refuses, and where, when one or two substitutions explain
 * it under either checksum (the one that needs fewer wins; bech32 on a tie).
 */
export function locateBech32Errors(text: string): Bech32Error {
  const bytes = bytesAsCharacters(text);
  const parts = takeApart(bytes);
  if ('error' in parts) return parts;
  const remainder = polymod(checksummed(parts.hrp, parts.values));
  let best: { encoding: Bech32Encoding; locations: number[] } | undefined;
  for (const encoding of ['bech32', 'bech32m'] as const) {
    const residue = (remainder ^ CHECKSUM_CONSTANT[encoding]) >>> 0;
    if (residue === 0) return { error: '', locations: [] };
    const fromEnd = locateErrors(residue, parts.values.length);
    if (fromEnd.length === 0 || (best && fromEnd.length >= best.locations.length)) continue;
    const locations = fromEnd.map(position => bytes.length - 1 - position).sort((a, b) => a - b);
    best = { encoding, locations };
  }
  if (best === undefined) return { error: 'Invalid checksum', locations: [] };
  const name = best.encoding === 'bech32' ? 'Bech32' : 'Bech32m';
  return { error: `Invalid ${name} checksum`, locations: best.locations };
}

/** Bytes to 5-bit groups, the last one padded with zero bits. */
export function toBase32Groups(bytes: Uint8Array): number[] {
  const groups: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      groups.push((buffer >> bits) & 31);
    }
  }
  if (bits > 0) groups.push((buffer << (5 - bits)) & 31);
  return groups;
}

/** 5-bit groups to bytes; undefined when the padding is a whole group or not zero. */
export function fromBase32Groups(groups: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((groups.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (const group of groups) {
    buffer = ((buffer << 5) | group) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (buffer >> bits) & 0xff;
    }
  }
  return bits < 5 && (buffer & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
