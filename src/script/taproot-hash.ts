import { taggedHash } from '../crypto/hash.js';
import { compareBytes, EMPTY_BYTES, type Hash256 } from '../primitives/bytes.js';
import { Writer } from '../primitives/codec.js';
import { TAPROOT_CONTROL_BASE_SIZE, TAPROOT_CONTROL_MAX_SIZE, TAPROOT_CONTROL_NODE_SIZE } from './limits.js';

/** Hash of a leaf of a taproot tree (BIP341). */
export function tapLeafHash(leafVersion: number, script: Uint8Array): Hash256 {
  const head = new Writer(16).u8(leafVersion).compactSize(script.length).finish();
  return taggedHash('TapLeaf', head, script);
}

/** Hash of an inner node; its children are put in lexicographic order. */
export function tapBranchHash(a: Hash256, b: Hash256): Hash256 {
  return compareBytes(a, b) < 0 ? taggedHash('TapBranch', a, b) : taggedHash('TapBranch', b, a);
}

/** Scalar by which the internal key is tweaked. Without a script tree there is no root. */
export function tapTweakHash(internalKey: Uint8Array, merkleRoot: Hash256 | undefined): Hash256 {
  return taggedHash('TapTweak', internalKey, merkleRoot ?? EMPTY_BYTES);
}

/** True for a length that a control block can have: 33 bytes and up to 128 times 32. */
export function isControlBlockSize(size: number): boolean {
  return (
    size >= TAPROOT_CONTROL_BASE_SIZE &&
    size <= TAPROOT_CONTROL_MAX_SIZE &&
    (size - TAPROOT_CONTROL_BASE_SIZE) % TAPROOT_CONTROL_NODE_SIZE === 0
  );
}

/** Merkle root that a control block of fitting size proves for a leaf. */
export function taprootMerkleRoot(controlBlock: Uint8Array, leafHash: Hash256): Hash256 {
  let root = leafHash;
  for (let at = TAPROOT_CONTROL_BASE_SIZE; at < controlBlock.length; at += TAPROOT_CONTROL_NODE_SIZE) {
    root = tapBranchHash(root, controlBlock.subarray(at, at + TAPROOT_CONTROL_NODE_SIZE));
  }
  return root;
}
