import { hashPairs } from '../crypto/sha256.js';
import { type Hash256, ZERO_HASH } from './bytes.js';

const HASH_SIZE = 32;
const PAIR_SIZE = 2 * HASH_SIZE;
const HASH_WORDS = HASH_SIZE / 4;
const PAIR_WORDS = 2 * HASH_WORDS;

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
  if (leaves.length <= 1) return { root: leaves[0] ?? ZERO_HASH, mutated: false };
  let mutated = false;
  let level = merkleLevel(leaves);
  while (level.length > HASH_SIZE) {
    mutated ||= hasEqualPair(level);
    level = parentLevel(level);
  }
  return { root: level, mutated };
}

/** A level of the tree: its hashes one behind the other. */
export type MerkleLevel = Uint8Array;

/** The level of the leaves. */
export function merkleLevel(leaves: readonly Hash256[]): MerkleLevel {
  const level = Buffer.alloc(leaves.length * HASH_SIZE);
  for (let i = 0; i < leaves.length; i++) level.set(leaves[i] as Hash256, i * HASH_SIZE);
  return level;
}

/** The hash at a place of a level. */
export function hashAt(level: MerkleLevel, position: number): Hash256 {
  return level.subarray(position * HASH_SIZE, (position + 1) * HASH_SIZE);
}

/** The level above `level`; a last hash without a partner is paired with itself. */
export function parentLevel(level: MerkleLevel): MerkleLevel {
  let pairs = level;
  if (level.length % PAIR_SIZE !== 0) {
    pairs = Buffer.alloc(level.length + HASH_SIZE);
    pairs.set(level);
    pairs.copyWithin(level.length, level.length - HASH_SIZE);
  }
  const parents = Buffer.alloc(pairs.length / 2);
  hashPairs(pairs, parents);
  return parents;
}

/** True when two hashes that are paired, each with a place of its own, are equal. */
function hasEqualPair(level: MerkleLevel): boolean {
  const words = new Int32Array(level.buffer, level.byteOffset, level.length / 4);
  for (let left = 0; left + PAIR_WORDS <= words.length; left += PAIR_WORDS) {
    let i = 0;
    while (i < HASH_WORDS && words[left + i] === words[left + HASH_WORDS + i]) i++;
    if (i === HASH_WORDS) return true;
  }
  return false;
}
