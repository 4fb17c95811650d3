import { sha256 } from '../../crypto/hash.js';
import { concatBytes, type HashKey, hashKey } from '../../primitives/bytes.js';
import type { Descriptor } from '../../script/descriptor/descriptor.js';
import type { PrivateKey } from '../../script/private-key.js';
import type { StoredDescriptor } from '../store/wallet-loader.js';
import { ExpansionCache } from './expansion-cache.js';

/** A descriptor as read from a wallet, with what was found out about it. */
export interface KnownDescriptor {
  readonly descriptor: Descriptor;
  readonly privateKeys: readonly PrivateKey[];
  readonly expansions: ExpansionCache;
}

/** Descriptors that are known at once: those of 200 wallets of the lab. */
const MAX_KNOWN = 2000;

/** Expansions of each, twice the key pool of such a wallet and some more: 40 MB at most for all together. */
const MAX_EXPANSIONS = 50;

/**
 * The descriptors of wallets that are opened again and again in one process. What is found out about one follows from its
 * text and the private keys that the wallet has for it, so that wallets with other keys do not share it.
 */
export class KnownDescriptors {
  private readonly known = new Map<HashKey, KnownDescriptor>();

  /** @param parse reads the text, when the descriptor is not known yet */
  find(stored: StoredDescriptor, parse: () => Descriptor): KnownDescriptor {
    const key = keyOf(stored);
    let known = this.known.get(key);
    if (known === undefined) {
      if (this.known.size >= MAX_KNOWN) this.known.clear();
      const expansions = new ExpansionCache(MAX_EXPANSIONS);
      known = { descriptor: parse(), privateKeys: stored.privateKeys, expansions };
      this.known.set(key, known);
    }
    return known;
  }
}

function keyOf({ record, privateKeys }: StoredDescriptor): HashKey {
  const form = (compressed: boolean) => Uint8Array.of(compressed ? 1 : 0);
  const keys = privateKeys.flatMap(({ secret, compressed }) => [secret, form(compressed)]);
  return hashKey(sha256(concatBytes(Buffer.from(record.text, 'utf8'), ...keys)));
}
