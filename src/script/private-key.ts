import { hash160 } from '../crypto/hash.js';
import { isValidPrivateKey, publicKeyOf } from '../crypto/keys.js';

/** A private key and whether its public key is written compressed, which is part of what a key is in addresses. */
export class PrivateKey {
  private cachedPublicKey: Uint8Array | undefined;
  private cachedId: Uint8Array | undefined;

  private constructor(
    /** 32 bytes, from 1 to the curve's order less one. */
    readonly secret: Uint8Array,
    readonly compressed: boolean,
  ) {}

  /** Undefined when the 32 bytes are zero or not below the order. */
  static from(secret: Uint8Array, compressed: boolean): PrivateKey | undefined {
    return isValidPrivateKey(secret) ? new PrivateKey(secret, compressed) : undefined;
  }

  /** 33 or 65 bytes, as {@link compressed} says. */
  get publicKey(): Uint8Array {
    this.cachedPublicKey ??= publicKeyOf(this.secret, this.compressed);
    return this.cachedPublicKey;
  }

  /** HASH160 of {@link publicKey}, which the key is found by. */
  get id(): Uint8Array {
    this.cachedId ??= hash160(this.publicKey);
    return this.cachedId;
  }
}
