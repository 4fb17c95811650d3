import { bytesEqual } from '../../primitives/bytes.js';
import { assert } from '../../runtime/errors.js';
import { type ExtendedPublicKey, serializeExtendedPublic } from '../bip32.js';

/**
 * Extended public keys that were derived while expanding a descriptor, so that it can be expanded again without private
 * keys. Keys of the maps are the positions of key expressions in the descriptor. Wallets store the content.
 */
export class DescriptorCache {
  /** The key one step before the index: its children need no private key. */
  readonly parents = new Map<number, ExtendedPublicKey>();
  /** By index: children of expressions that end in a hardened range. */
  readonly derived = new Map<number, Map<number, ExtendedPublicKey>>();
  /** The key at the last hardened step, which normalised descriptors show. */
  readonly lastHardened = new Map<number, ExtendedPublicKey>();

  setDerived(expression: number, index: number, key: ExtendedPublicKey): void {
    let byIndex = this.derived.get(expression);
    if (byIndex === undefined) {
      byIndex = new Map();
      this.derived.set(expression, byIndex);
    }
    byIndex.set(index, key);
  }

  getDerived(expression: number, index: number): ExtendedPublicKey | undefined {
    return this.derived.get(expression)?.get(index);
  }

  /** Takes in what `other` has and returns what was new here. A key that differs from the one known is a bug. */
  mergeAndDiff(other: DescriptorCache): DescriptorCache {
    const added = new DescriptorCache();
    mergeInto(this.parents, other.parents, added.parents);
    mergeInto(this.lastHardened, other.lastHardened, added.lastHardened);
    for (const [expression, byIndex] of other.derived) {
      for (const [index, key] of byIndex) {
        const known = this.getDerived(expression, index);
        if (known !== undefined) {
          assertSame(known, key);
          continue;
        }
        this.setDerived(expression, index, key);
        added.setDerived(expression, index, key);
      }
    }
    return added;
  }
}

type KeyMap = Map<number, ExtendedPublicKey>;

function mergeInto(target: KeyMap, source: KeyMap, added: KeyMap): void {
  for (const [expression, key] of source) {
    const known = target.get(expression);
    if (known === undefined) {
      target.set(expression, key);
      added.set(expression, key);
    } else assertSame(known, key);
  }
}

function assertSame(known: ExtendedPublicKey, key: ExtendedPublicKey): void {
  const same = bytesEqual(serializeExtendedPublic(known), serializeExtendedPublic(key));
  assert(same, 'a cached extended key does not change');
}
