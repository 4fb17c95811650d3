/** Order of secp256k1's group. */
export const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const ORDER_BYTES = Buffer.from(CURVE_ORDER.toString(16), 'hex');
const HALF_ORDER_BYTES = Buffer.from((CURVE_ORDER >> 1n).toString(16).padStart(64, '0'), 'hex');

/** Big-endian bytes as a number. */
export function bytesToNumber(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`);
}

/** 32 big-endian bytes of a number below 2^256. */
export function numberToBytes32(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** True when 32 big-endian bytes are a number below the group order. */
export function isBelowOrder(bytes32: Uint8Array): boolean {
  return Buffer.compare(bytes32, ORDER_BYTES) < 0;
}

/** True when 32 big-endian bytes are at most half the group order: a "low s". */
export function isAtMostHalfOrder(bytes32: Uint8Array): boolean {
  return Buffer.compare(bytes32, HALF_ORDER_BYTES) <= 0;
}

export function isZeroBytes(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** True for 32 bytes that are a number from 1 to the order less one. */
export function isNonZeroScalar(bytes: Uint8Array): boolean {
  return bytes.length === 32 && isBelowOrder(bytes) && !isZeroBytes(bytes);
}

/** True for 64 bytes r ‖ s with both from 1 to the order less one: anything else is no ECDSA signature. */
export function isCompactSignature(signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isNonZeroScalar(signature.subarray(0, 32)) &&
    isNonZeroScalar(signature.subarray(32))
  );
}

/** The signature r ‖ s, or r ‖ −s when s is high: both are valid for the same key and hash (BIP62 on malleability). */
export function withLowS(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32);
  if (isAtMostHalfOrder(s)) return signature;
  const low = new Uint8Array(64);
  low.set(signature.subarray(0, 32));
  low.set(numberToBytes32(CURVE_ORDER - bytesToNumber(s)), 32);
  return low;
}
