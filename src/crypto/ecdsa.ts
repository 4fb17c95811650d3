import { curve } from './curve.js';
import { evenKey, hasPublicKeyForm } from './public-key-form.js';
import { isAtMostHalfOrder, isBelowOrder } from './scalar.js';

/**
 * ECDSA as scripts check it: a signature in BER, read as leniently as {@link parseDerLax} does, over a 32-byte hash.
 * High and low s count alike. Never throws. Stricter encodings are a matter of script flags.
 */
export function verifyEcdsaDer(derSignature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
  if (!hasPublicKeyForm(publicKey)) return false;
  const signature = parseDerLax(derSignature);
  return signature !== undefined && curve.verifyEcdsa(signature, hash, publicKey);
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * Reads a signature with every violation of DER that the chain holds from before BIP66: negative integers, padding,
 * trailing bytes, long length forms (Core's ecdsa_signature_parse_der_lax).
 *
 * @returns r ‖ s in 64 bytes; 64 zero bytes, which verify nothing, when r or s is not below the order; undefined when
 *   the bytes are not even that much of a signature.
 */
export function parseDerLax(der: Uint8Array): Uint8Array | undefined {
  const afterHeader = skipSequenceHeader(der);
  if (afterHeader === undefined) return undefined;
  const r = readInteger(der, afterHeader);
  if (r === undefined) return undefined;
  const s = readInteger(der, r.end);
  if (s === undefined) return undefined;
  const compact = new Uint8Array(64);
  const fits = placeScalar(compact, 0, der, r) && placeScalar(compact, 32, der, s);
  return fits ? compact : new Uint8Array(64);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The sequence's length is skipped, not believed: long and wrong ones occur in the chain. */
function skipSequenceHeader(der: Uint8Array): number | undefined {
  if (der.length < 2 || der[0] !== SEQUENCE) return undefined;
  const length = der[1] as number;
  if (length < 0x80) return 2;
  const position = 2 + (length - 0x80);
  return position > der.length ? undefined : position;
}

function readInteger(der: Uint8Array, start: number): Span | undefined {
  if (start + 1 >= der.length || der[start] !== INTEGER) return undefined;
  const first = der[start + 1] as number;
  let position = start + 2;
  let length = first;
  if (first >= 0x80) {
    const long = readLongLength(der, position, first - 0x80);
    if (long === undefined) return undefined;
    ({ position, length } = long);
  }
  return length > der.length - position ? undefined : { start: position, end: position + length };
}

/** A length of up to three significant bytes after any number of zero bytes. */
function readLongLength(
  der: Uint8Array,
  start: number,
  byteCount: number,
): { position: number; length: number } | undefined {
  const position = start + byteCount;
  if (position > der.length) return undefined;
  let first = start;
  while (first < position && der[first] === 0) first++;
  if (position - first >= 4) return undefined;
  let length = 0;
  for (let i = first; i < position; i++) length = length * 256 + (der[i] as number);
  return { position, length };
}

/** Writes an integer as 32 bytes big-endian; false when it is not below the order. */
function placeScalar(compact: Uint8Array, at: number, der: Uint8Array, { start, end }: Span): boolean {
  let first = start;
  while (first < end && der[first] === 0) first++;
  const length = end - first;
  if (length > 32) return false;
  compact.set(der.subarray(first, end), at + 32 - length);
  return isBelowOrder(compact.subarray(at, at + 32));
}

/** True when s is at most half the order (BIP62, SCRIPT_VERIFY_LOW_S); false for bytes that are no signature. */
export function isLowS(derSignature: Uint8Array): boolean {
  const signature = parseDerLax(derSignature);
  return signature !== undefined && isAtMostHalfOrder(signature.subarray(32));
}

/** DER of a 64-byte compact signature, without a signature hash type. */
export function encodeDer(compact: Uint8Array): Uint8Array {
  const r = derInteger(compact.subarray(0, 32));
  const s = derInteger(compact.subarray(32, 64));
  return Buffer.concat([Uint8Array.of(SEQUENCE, r.length + s.length), r, s]);
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  const digits = bytes.subarray(first);
  const sign = (digits[0] as number) >= 0x80 ? [0] : [];
  return Uint8Array.of(INTEGER, digits.length + sign.length, ...sign, ...digits);
}

/** True for 33, 65 or hybrid bytes of a point on the curve (Core's CPubKey::IsFullyValid). */
export function isValidPublicKey(publicKey: Uint8Array): boolean {
  return curve.isPublicKey(publicKey);
}

/** True for 32 bytes that are the x coordinate of a point (Core's XOnlyPubKey::IsFullyValid). */
export function isValidXOnlyKey(xOnlyKey: Uint8Array): boolean {
  return xOnlyKey.length === 32 && curve.isPublicKey(evenKey(xOnlyKey));
}

/** The key in 33 bytes, or undefined when it is not valid. */
export function compressPublicKey(publicKey: Uint8Array): Uint8Array | undefined {
  return curve.convertPublicKey(publicKey, true);
}

/** The key in 65 bytes (04 ‖ x ‖ y), or undefined when it is not valid. */
export function uncompressPublicKey(publicKey: Uint8Array): Uint8Array | undefined {
  return curve.convertPublicKey(publicKey, false);
}
