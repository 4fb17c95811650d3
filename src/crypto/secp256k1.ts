/**
 * One interface to the curve, whichever library does the work (`backends/`).
 *
 * Verification never throws: hostile bytes are simply not a valid signature. All inputs are raw bytes; message hashes
 * are 32 bytes; x-only keys are 32 bytes; points are 33 (compressed), 65 (uncompressed) or hybrid where noted.
 */
export interface CurveBackend {
  /** Name for the log, such as `secp256k1 (native)`. */
  readonly name: string;
  /**
   * ECDSA over a 64-byte compact signature (r ‖ s, big-endian). Takes high and low s alike; false for r or s zero or not
   * below the order, for a key that is not on the curve; takes hybrid keys (06/07) whose parity fits, as Core does.
   */
  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean;
  /** BIP340 over a 64-byte signature, a message of any length and an x-only key. */
  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean;
  /** x-only key plus tweak·G (BIP341), or undefined where Core's library reports failure. */
  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array): { key: Uint8Array; parity: 0 | 1 } | undefined;
}
