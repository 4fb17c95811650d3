import { hashKey } from '../../primitives/bytes.js';
import type { PrivateKey } from '../../script/private-key.js';
import { FlatProvider } from '../../script/signing-provider.js';

/**
 * The private keys of one descriptor. All that needs them asks here, so that a vault that keeps them encrypted can take
 * this one's place.
 */
export interface KeyVault {
  /** True when there are none: the descriptor can be watched but not spent. */
  readonly isEmpty: boolean;
  /** The keys; undefined while they are locked. */
  open(): FlatProvider | undefined;
  has(keyId: Uint8Array): boolean;
  add(key: PrivateKey): void;
}

/** Keys as they are. */
export class PlainVault implements KeyVault {
  private readonly keys = new FlatProvider();

  constructor(keys: Iterable<PrivateKey> = []) {
    for (const key of keys) this.add(key);
  }

  get isEmpty(): boolean {
    return this.keys.privateKeys.size === 0;
  }

  open(): FlatProvider {
    return this.keys;
  }

  has(keyId: Uint8Array): boolean {
    return this.keys.privateKeys.has(hashKey(keyId));
  }

  add(key: PrivateKey): void {
    if (!this.has(key.id)) this.keys.addSecret(key);
  }
}
