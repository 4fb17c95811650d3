import { tweakXOnly } from '../crypto/schnorr.js';
import { bytesEqual, compareBytes, concatBytes, type Hash256 } from '../primitives/bytes.js';
import { TAPROOT_CONTROL_MAX_NODE_COUNT } from './limits.js';
import { tapBranchHash, tapLeafHash, tapTweakHash } from './taproot-hash.js';

/** A script in a taproot tree. */
export interface TaprootLeaf {
  /** Steps from the root: 0 for a tree of one leaf, 128 at most (BIP341). */
  readonly depth: number;
  readonly leafVersion: number;
  readonly script: Uint8Array;
}

/** A script that may spend an output and the proofs that it may. */
export interface TaprootScript {
  readonly leafVersion: number;
  readonly script: Uint8Array;
  /** Shortest first; more than one when the script is in the tree several times. */
  readonly controlBlocks: readonly Uint8Array[];
}

/** What spending a taproot output needs besides keys. Parts of it may be missing: PSBTs carry them one by one. */
export interface TaprootSpendData {
  /** x-only key before the tweak. */
  readonly internalKey: Uint8Array | undefined;
  /** Undefined, also, for an output without scripts. */
  readonly merkleRoot: Hash256 | undefined;
  /** Ordered by script bytes, then version. */
  readonly scripts: readonly TaprootScript[];
}

/** All that is to know about a taproot output. */
export interface TaprootOutput extends TaprootSpendData {
  /** x-only key in the output script. */
  readonly outputKey: Uint8Array;
  readonly internalKey: Uint8Array;
  /** The whole tree in depth-first order, where it is known (BIP371 carries it in this form); empty without scripts. */
  readonly tree?: readonly TaprootLeaf[];
}

interface TrackedLeaf {
  readonly leaf: TaprootLeaf;
  /** Hashes of the siblings on the way up, from the leaf. */
  readonly branch: readonly Hash256[];
}

interface TreeNode {
  readonly hash: Hash256;
  readonly leaves: readonly TrackedLeaf[];
}

/** Joins two subtrees. The later one's leaves come first: BIP371 trees of Core's have this order, a mirror of the text. */
function join(later: TreeNode, earlier: TreeNode): TreeNode {
  const below = (node: TreeNode, sibling: TreeNode): TrackedLeaf[] =>
    node.leaves.map(({ leaf, branch }) => ({ leaf, branch: [...branch, sibling.hash] }));
  return {
    hash: tapBranchHash(later.hash, earlier.hash),
    leaves: [...below(later, earlier), ...below(earlier, later)],
  };
}

/**
 * Root of the tree whose leaves are given from left to right. Nodes wait at their depth for their right sibling, so the
 * list always is the path to where the next leaf goes.
 */
function buildTree(leaves: readonly TaprootLeaf[]): TreeNode | 'empty' | 'invalid' {
  const waiting: (TreeNode | undefined)[] = [];
  for (const leaf of leaves) {
    if (leaf.depth < 0 || leaf.depth > TAPROOT_CONTROL_MAX_NODE_COUNT) return 'invalid';
    if (leaf.depth + 1 < waiting.length) return 'invalid';
    let { depth } = leaf;
    let node: TreeNode = { hash: tapLeafHash(leaf.leafVersion, leaf.script), leaves: [{ leaf, branch: [] }] };
    for (let left = waiting[depth]; left !== undefined; left = waiting[depth]) {
      if (depth === 0) return 'invalid';
      node = join(node, left);
      waiting.pop();
      depth--;
    }
    while (waiting.length <= depth) waiting.push(undefined);
    waiting[depth] = node;
  }
  if (waiting.length === 0) return 'empty';
  const [root] = waiting;
  return waiting.length === 1 && root !== undefined ? root : 'invalid';
}

/**
 * The output of an internal key and a tree of scripts.
 *
 * @param leaves from left to right; their depths must be those of a binary tree
 * @returns undefined when they are not, or when the key is no x-only key
 */
export function buildTaproot(
  internalKey: Uint8Array,
  leaves: readonly TaprootLeaf[],
): TaprootOutput | undefined {
  const root = buildTree(leaves);
  if (root === 'invalid') return undefined;
  const merkleRoot = root === 'empty' ? undefined : root.hash;
  const tweaked = tweakXOnly(internalKey, tapTweakHash(internalKey, merkleRoot));
  if (tweaked === undefined) return undefined;
  const tracked = root === 'empty' ? [] : root.leaves;
  return {
    outputKey: tweaked.key,
    internalKey,
    merkleRoot,
    scripts: collectScripts(tracked, internalKey, tweaked.parity),
    tree: tracked.map(({ leaf }) => leaf),
  };
}

function collectScripts(
  tracked: readonly TrackedLeaf[],
  internalKey: Uint8Array,
  parity: 0 | 1,
): TaprootScript[] {
  const entries = tracked.map(({ leaf, branch }) => ({
    leafVersion: leaf.leafVersion,
    script: leaf.script,
    controlBlocks: [concatBytes(Uint8Array.of(leaf.leafVersion | parity), internalKey, ...branch)],
  }));
  return mergeTaprootScripts(entries, []);
}

function compareScripts(a: TaprootScript, b: TaprootScript): number {
  return compareBytes(a.script, b.script) || a.leafVersion - b.leafVersion;
}

/** Both lists as one: a script once, with all its different control blocks, in the order of {@link TaprootOutput}. */
export function mergeTaprootScripts(
  first: readonly TaprootScript[],
  second: readonly TaprootScript[],
): TaprootScript[] {
  const merged: TaprootScript[] = [];
  for (const entry of [...first, ...second].sort(compareScripts)) {
    const last = merged.at(-1);
    if (last === undefined || compareScripts(last, entry) !== 0) merged.push(entry);
    else merged[merged.length - 1] = { ...last, controlBlocks: unite(last, entry) };
  }
  return merged;
}

function unite(a: TaprootScript, b: TaprootScript): Uint8Array[] {
  const blocks = [...a.controlBlocks];
  for (const block of b.controlBlocks)
    if (!blocks.some(known => bytesEqual(known, block))) blocks.push(block);
  return blocks.sort((x, y) => x.length - y.length || compareBytes(x, y));
}

/** What two sources know about the same output; the first one's word counts where they differ. */
export function mergeSpendData(first: TaprootSpendData, second: TaprootSpendData): TaprootSpendData {
  return {
    internalKey: first.internalKey ?? second.internalKey,
    merkleRoot: first.merkleRoot ?? second.merkleRoot,
    scripts: mergeTaprootScripts(first.scripts, second.scripts),
  };
}
