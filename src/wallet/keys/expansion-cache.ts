import { type Hash256, type HashKey, hashKey } from '../../primitives/bytes.js';
import type { Expansion } from '../../script/descriptor/descriptor.js';

/** What descriptors gave by index. At the limit it begins anew: each expansion is a few hundred bytes. */
export class ExpansionCache {
  private readonly byIndex = new Map<number, Expansion>();

  constructor(private readonly limit: number) {}

  get(index: number): Expansion | undefined {
    return this.byIndex.get(index);
  }

  set(index: number, expansion: Expansion): void {
    if (this.byIndex.size >= this.limit) this.byIndex.clear();
    this.byIndex.set(index, expansion);
  }
}

/** Descriptors that wallets share expansions of: those of 200 wallets of the lab. */
const MAX_SHARED_DESCRIPTORS = 2000;

/** Of each of them, twice the key pool of such a wallet and some more: 40 MB at most for all together. */
const MAX_SHARED_EXPANSIONS = 50;

/**
 * What descriptors gave, for wallets that are opened again and again in one process: public keys and scripts follow from a
 * descriptor's text and the index alone, whoever asks. Private keys are not in it.
 */
export class SharedExpansions {
  private readonly byDescriptor = new Map<HashKey, ExpansionCache>();

  /** @param id of the descriptor, which commits to its text */
  of(id: Hash256): ExpansionCache {
    const key = hashKey(id);
    let cache = this.byDescriptor.get(key);
    if (cache === undefined) {
      if (this.byDescriptor.size >= MAX_SHARED_DESCRIPTORS) this.byDescriptor.clear();
      cache = new ExpansionCache(MAX_SHARED_EXPANSIONS);
      this.byDescriptor.set(key, cache);
    }
    return cache;
  }
}
