import { sha256d } from '../crypto/hash.js';
import { bytesEqual, type Hash256, ZERO_HASH } from './bytes.js';

export interface MerkleResult {
  readonly root: Hash256;
  /**
   * True when two equal hashes were paired in some level: the list may be a malleated form of a valid one
   * (CVE-2012-2459), so the block is not to be remembered as invalid under its hash.
   */
  readonly mutated: boolean;
}

/** Merkle root of `leaves`, with the check for duplicated subtrees. No leaves give the zero hash. */
export function merkleRoot(leaves: readonly Hash256[]): MerkleResult {
  if (leaves.length === 0) return { root: ZERO_HASH, mutated: false };
  let mutated = false;
  let level = leaves;
  const pair = Buffer.allocUnsafe(64);
  while (level.length > 1) {
    const next: Hash256[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] ?? ZERO_HASH;
      const right = level[i + 1];
      if (right !== undefined && bytesEqual(left, right)) mutated = true;
      pair.set(left, 0);
      pair.set(right ?? left, 32);
      next.push(sha256d(pair));
    }
    level = next;
  }
  return { root: level[0] ?? ZERO_HASH, mutated };
}
