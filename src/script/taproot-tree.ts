import { tweakXOnly } from '../crypto/schnorr.js';
import { bytesEqual } from '../primitives/bytes.js';
import { assert, defined } from '../runtime/errors.js';
import { TAPROOT_CONTROL_BASE_SIZE, TAPROOT_CONTROL_NODE_SIZE, TAPROOT_LEAF_MASK } from './limits.js';
import type { TaprootLeaf, TaprootOutput, TaprootScript } from './taproot.js';
import {
  isControlBlockSize,
  tapBranchHash,
  tapLeafHash,
  taprootMerkleRoot,
  tapTweakHash,
} from './taproot-hash.js';

/** A node of a tree put together again from control blocks. The hash is undefined until a control block tells it. */
interface TreeNode {
  hash: Uint8Array | undefined;
  children?: [TreeNode, TreeNode];
  leaf?: TaprootScript;
}

/**
 * The leaves of an output's tree in depth-first order, put together from the control blocks of its scripts (left and
 * right are chosen freely, hashes do not tell them apart). Undefined when they do not add up to the whole tree or do not
 * belong to the output key.
 */
export function inferTaprootTree(output: TaprootOutput): TaprootLeaf[] | undefined {
  const { internalKey, merkleRoot } = output;
  const tweaked = tweakXOnly(internalKey, tapTweakHash(internalKey, merkleRoot));
  if (tweaked === undefined || !bytesEqual(tweaked.key, output.outputKey)) return undefined;
  if (merkleRoot === undefined) return [];
  const root: TreeNode = { hash: merkleRoot };
  for (const script of output.scripts) {
    for (const block of script.controlBlocks) {
      if (provesLeaf(block, script, merkleRoot)) insert(root, script, block);
    }
  }
  const leaves: TaprootLeaf[] = [];
  return collect(root, 0, leaves) ? leaves : undefined;
}

function provesLeaf(
  block: Uint8Array,
  { script, leafVersion }: TaprootScript,
  merkleRoot: Uint8Array,
): boolean {
  if (leafVersion < 0 || leafVersion > 0xff || (leafVersion & 1) !== 0) return false;
  if (!isControlBlockSize(block.length)) return false;
  if (((block[0] as number) & TAPROOT_LEAF_MASK) !== leafVersion) return false;
  return bytesEqual(taprootMerkleRoot(block, tapLeafHash(leafVersion, script)), merkleRoot);
}

/**
 * Walks from the root along the siblings in the control block, which lists them from the leaf up. Blocks that prove their
 * leaves cannot contradict each other: hashes of leaves and of inner nodes are never the same.
 */
function insert(root: TreeNode, script: TaprootScript, block: Uint8Array): void {
  let node = root;
  for (let end = block.length; end > TAPROOT_CONTROL_BASE_SIZE; end -= TAPROOT_CONTROL_NODE_SIZE) {
    assert(node.leaf === undefined, 'a leaf has no children');
    node = descend(node, block.subarray(end - TAPROOT_CONTROL_NODE_SIZE, end));
  }
  assert(node.children === undefined, 'an inner node is no leaf');
  node.leaf = script;
  node.hash = tapLeafHash(script.leafVersion, script.script);
}

/** The child of `node` beside the one whose hash is `sibling`. */
function descend(node: TreeNode, sibling: Uint8Array): TreeNode {
  if (node.children === undefined) {
    node.children = [{ hash: undefined }, { hash: sibling }];
    return node.children[0];
  }
  const [left, right] = node.children;
  // The node's hash is made of both children's, so the sibling is one of them. The right one's is known from the start.
  const isLeft = left.hash === undefined ? !isHash(right, sibling) : isHash(left, sibling);
  if (!isLeft) return left;
  left.hash = sibling;
  return right;
}

function isHash(node: TreeNode, hash: Uint8Array): boolean {
  return node.hash !== undefined && bytesEqual(node.hash, hash);
}

/** Appends the leaves under `node`; false when a part of the tree is unknown. The depth is 128 at most. */
function collect(node: TreeNode, depth: number, leaves: TaprootLeaf[]): boolean {
  if (node.leaf !== undefined) {
    const { script, leafVersion } = node.leaf;
    leaves.push({ depth, leafVersion, script });
    return true;
  }
  if (node.children === undefined) return false;
  const [left, right] = node.children;
  if (!collect(left, depth + 1, leaves)) return false;
  // Equal subtrees have equal control blocks, so only one of them gets filled: the other is the same once more.
  return collect(isTwin(node) ? left : right, depth + 1, leaves);
}

function isTwin(node: TreeNode): boolean {
  const right = defined(node.children, 'children of an inner node')[1];
  if (right.leaf !== undefined || right.children !== undefined || right.hash === undefined) return false;
  return node.hash !== undefined && bytesEqual(tapBranchHash(right.hash, right.hash), node.hash);
}
