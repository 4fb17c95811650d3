/**
 * One interface to the curve, whichever library does the work (`backends/`).
 *
 * Nothing here throws on hostile bytes: they are simply not a valid signature, key or tweak. All inputs are raw
 * bytes; message hashes are 32 bytes; x-only keys are 32 bytes; points are 33 (compressed), 65 (uncompressed) or
 * hybrid where noted.
 */
export interface CurveBackend extends KeyBackend, SchnorrBackend {
  /**
   * ECDSA over a 64-byte compact signature (r ‖ s, big-endian). Takes high and low s alike; false for r or s zero or not
   * below the order, for a key that is not on the curve; takes hybrid keys (06/07) whose parity fits, as Core does.
   */
  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean;
  /** x-only key plus tweak·G (BIP341), or undefined where Core's library reports failure. */
  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array): { key: Uint8Array; parity: 0 | 1 } | undefined;
}

/** A Schnorr signature to check: 64 bytes, over a message, under an x-only key. */
export interface SchnorrCheck {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly xOnlyKey: Uint8Array;
}

/** What checks Schnorr signatures. */
export interface SchnorrBackend {
  /** Name for the log, such as `secp256k1 (native)`. */
  readonly name: string;
  /** BIP340 over a 64-byte signature, a message of any length and an x-only key. */
  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean;
  /** Whether all are valid; true for none. May be faster than one after the other. */
  verifySchnorrBatch(checks: readonly SchnorrCheck[]): boolean;
}

/** A compact ECDSA signature and which of the up to four candidate keys made it. */
export interface RecoverableSignature {
  /** r ‖ s, 64 bytes, low s. */
  readonly signature: Uint8Array;
  readonly recoveryId: number;
}

/** What private keys do, which must take the same time whatever the key. */
export interface SigningBackend {
  /** privateKey·G; undefined for a private key of zero or not below the order. */
  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined;
  /** RFC6979 signature with low s; `extraEntropy` (32 bytes) varies the nonce. Undefined for an invalid private key. */
  signRecoverable(
    hash: Uint8Array,
    privateKey: Uint8Array,
    extraEntropy: Uint8Array | undefined,
  ): RecoverableSignature | undefined;
}

/** What keys need of the curve; `keys.ts` and `ecdsa.ts` build on it. */
export interface KeyBackend extends SigningBackend {
  /** True for a point on the curve in 33, 65 or hybrid form. */
  isPublicKey(publicKey: Uint8Array): boolean;
  /** The same point in 33 or 65 bytes; undefined when {@link isPublicKey} is false. */
  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined;
  /** publicKey + tweak·G, compressed; undefined for a tweak not below the order or a sum at infinity. */
  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined;
  /** The key that made `signature` over `hash`, for a recovery id of 0 to 3; undefined when there is none. */
  recover(
    signature: Uint8Array,
    recoveryId: number,
    hash: Uint8Array,
    compressed: boolean,
  ): Uint8Array | undefined;
}
