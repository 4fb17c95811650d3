import { hash160 } from '../crypto/hash.js';
import { type HashKey, hashKey } from '../primitives/bytes.js';
import type { PrivateKey } from './private-key.js';
import type { TaprootOutput } from './taproot.js';

/** Where a key comes from: the fingerprint of a master key and the path from there (BIP32, BIP380). */
export interface KeyOrigin {
  /** First four bytes of the master public key's HASH160. */
  readonly fingerprint: Uint8Array;
  /** Child numbers; the top bit marks hardened derivation. */
  readonly path: readonly number[];
}

export interface KeyWithOrigin {
  readonly publicKey: Uint8Array;
  readonly origin: KeyOrigin;
}

/**
 * What signing, solving and describing scripts may ask for. Keys and scripts are found by the HASH160 of their bytes
 * (witness scripts, too: RIPEMD160 of the 32-byte program is HASH160 of the script); taproot outputs by their x-only key.
 */
export interface SigningProvider {
  script(id: Uint8Array): Uint8Array | undefined;
  publicKey(id: Uint8Array): Uint8Array | undefined;
  privateKey(id: Uint8Array): PrivateKey | undefined;
  keyOrigin(id: Uint8Array): KeyOrigin | undefined;
  taproot(outputKey: Uint8Array): TaprootOutput | undefined;
}

/** Knows nothing: for describing a script by itself and for sizes that need no key. */
export const EMPTY_PROVIDER: SigningProvider = {
  script: () => undefined,
  publicKey: () => undefined,
  privateKey: () => undefined,
  keyOrigin: () => undefined,
  taproot: () => undefined,
};

/** A provider over maps that anyone may fill; keys of the maps are `hashKey()` of the ids. */
export class FlatProvider implements SigningProvider {
  readonly scripts = new Map<HashKey, Uint8Array>();
  readonly publicKeys = new Map<HashKey, Uint8Array>();
  readonly privateKeys = new Map<HashKey, PrivateKey>();
  readonly origins = new Map<HashKey, KeyWithOrigin>();
  readonly taprootOutputs = new Map<HashKey, TaprootOutput>();

  script(id: Uint8Array): Uint8Array | undefined {
    return this.scripts.get(hashKey(id));
  }

  publicKey(id: Uint8Array): Uint8Array | undefined {
    return this.publicKeys.get(hashKey(id));
  }

  privateKey(id: Uint8Array): PrivateKey | undefined {
    return this.privateKeys.get(hashKey(id));
  }

  keyOrigin(id: Uint8Array): KeyOrigin | undefined {
    return this.origins.get(hashKey(id))?.origin;
  }

  taproot(outputKey: Uint8Array): TaprootOutput | undefined {
    return this.taprootOutputs.get(hashKey(outputKey));
  }

  addScript(script: Uint8Array): void {
    putNew(this.scripts, hashKey(hash160(script)), script);
  }

  addPublicKey(publicKey: Uint8Array): void {
    putNew(this.publicKeys, hashKey(hash160(publicKey)), publicKey);
  }

  /** Files a private key alone; `publicKey` does not know it. */
  addSecret(key: PrivateKey): void {
    putNew(this.privateKeys, hashKey(key.id), key);
  }

  /** Files a private key and, so that hashes of it can be solved, its public key. */
  addPrivateKey(key: PrivateKey): void {
    this.addSecret(key);
    this.addPublicKey(key.publicKey);
  }

  addOrigin(publicKey: Uint8Array, origin: KeyOrigin): void {
    putNew(this.origins, hashKey(hash160(publicKey)), { publicKey, origin });
  }

  addTaproot(output: TaprootOutput): void {
    this.taprootOutputs.set(hashKey(output.outputKey), output);
  }

  /** Takes in all that `other` knows; what is here already stays. */
  merge(other: FlatProvider): this {
    for (const [id, script] of other.scripts) putNew(this.scripts, id, script);
    for (const [id, key] of other.publicKeys) putNew(this.publicKeys, id, key);
    for (const [id, key] of other.privateKeys) putNew(this.privateKeys, id, key);
    for (const [id, origin] of other.origins) putNew(this.origins, id, origin);
    for (const [id, output] of other.taprootOutputs) putNew(this.taprootOutputs, id, output);
    return this;
  }
}

function putNew<T>(map: Map<HashKey, T>, id: HashKey, value: T): void {
  if (!map.has(id)) map.set(id, value);
}

/** Asks each provider in turn; the first that knows answers. */
export class CombinedProvider implements SigningProvider {
  constructor(private readonly providers: readonly SigningProvider[]) {}

  script(id: Uint8Array): Uint8Array | undefined {
    return this.first(provider => provider.script(id));
  }

  publicKey(id: Uint8Array): Uint8Array | undefined {
    return this.first(provider => provider.publicKey(id));
  }

  privateKey(id: Uint8Array): PrivateKey | undefined {
    return this.first(provider => provider.privateKey(id));
  }

  keyOrigin(id: Uint8Array): KeyOrigin | undefined {
    return this.first(provider => provider.keyOrigin(id));
  }

  taproot(outputKey: Uint8Array): TaprootOutput | undefined {
    return this.first(provider => provider.taproot(outputKey));
  }

  private first<T>(ask: (provider: SigningProvider) => T | undefined): T | undefined {
    for (const provider of this.providers) {
      const answer = ask(provider);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

/** Another provider without its private keys, or without key origins, as RPCs offer with `sign` and `bip32derivs`. */
export class HidingProvider implements SigningProvider {
  constructor(
    private readonly inner: SigningProvider,
    private readonly hide: { readonly privateKeys: boolean; readonly origins: boolean },
  ) {}

  script(id: Uint8Array): Uint8Array | undefined {
    return this.inner.script(id);
  }

  publicKey(id: Uint8Array): Uint8Array | undefined {
    return this.inner.publicKey(id);
  }

  privateKey(id: Uint8Array): PrivateKey | undefined {
    return this.hide.privateKeys ? undefined : this.inner.privateKey(id);
  }

  keyOrigin(id: Uint8Array): KeyOrigin | undefined {
    return this.hide.origins ? undefined : this.inner.keyOrigin(id);
  }

  taproot(outputKey: Uint8Array): TaprootOutput | undefined {
    return this.inner.taproot(outputKey);
  }
}

/** Ids of the two full keys with this x coordinate, even one first: keys are filed by full key, taproot has only x. */
export function xOnlyKeyIds(xOnlyKey: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const full = new Uint8Array(33);
  full.set(xOnlyKey, 1);
  full[0] = 2;
  const even = hash160(full);
  full[0] = 3;
  return [even, hash160(full)];
}

/** Looks `xOnlyKey` up as the even key first and then as the odd one. */
export function findByXOnly<T>(
  xOnlyKey: Uint8Array,
  lookUp: (keyId: Uint8Array) => T | undefined,
): T | undefined {
  const [even, odd] = xOnlyKeyIds(xOnlyKey);
  return lookUp(even) ?? lookUp(odd);
}
