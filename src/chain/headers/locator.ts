import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { Hash256 } from '../../primitives/bytes.js';
import type { ActiveChain } from '../active-chain.js';
import type { HeaderIndex } from '../chain.js';
import type { HeaderTree } from '../header-tree.js';

/** Hashes that a locator has before its steps begin to double. */
const DENSE_HASHES = 10;

/** Hashes of `id` and ancestors of it, ever more sparse, down to genesis: about 10 + log2(height). */
export function makeLocator(headers: HeaderIndex, id: HeaderId): Hash256[] {
  const hashes: Hash256[] = [];
  let step = 1;
  for (let walk = id; walk !== NO_HEADER; ) {
    hashes.push(headers.hash(walk));
    const height = headers.height(walk);
    if (height === 0) break;
    walk = headers.ancestor(walk, Math.max(height - step, 0));
    if (hashes.length > DENSE_HASHES) step *= 2;
  }
  return hashes;
}

/**
 * Last block of the active chain that a locator names: its first hash that is in the chain, or the tip when a hash is
 * known to build on that. Genesis when no hash helps.
 */
export function findLocatorFork(
  tree: HeaderTree,
  active: ActiveChain,
  locator: readonly Hash256[],
): HeaderId {
  for (const hash of locator) {
    const id = tree.find(hash);
    if (id === NO_HEADER) continue;
    if (active.contains(id)) return id;
    if (tree.descends(id, active.tip)) return active.tip;
  }
  return active.at(0);
}
