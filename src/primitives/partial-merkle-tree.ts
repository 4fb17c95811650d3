import { sha256d } from '../crypto/hash.js';
import { bytesEqual, type Hash256 } from './bytes.js';
import type { Reader, Writer } from './codec.js';
import { hashAt, type MerkleLevel, merkleLevel, parentLevel } from './merkle.js';

/** Transactions that a block can have at most: its weight over that of the smallest valid transaction. */
const MAX_LEAVES = Math.floor(4_000_000 / 240);

/**
 * Part of a block's merkle tree that proves some of its leaves (BIP37): walked depth first, a bit says for each node
 * whether it lies on the way to a proven leaf; hashes are given for nodes off the way and for the proven leaves.
 */
export class PartialMerkleTree {
  private constructor(
    /** Transactions of the whole block. */
    readonly leafCount: number,
    private readonly hashes: readonly Hash256[],
    private readonly bits: readonly boolean[],
  ) {}

  /** The part of the tree over `leaves` that proves those for which `isProven` holds. */
  static build(leaves: readonly Hash256[], isProven: (index: number) => boolean): PartialMerkleTree {
    const levels = treeLevels(leaves);
    const matches: boolean[][] = [leaves.map((_, index) => isProven(index))];
    for (let level = 1; level < levels.length; level++) {
      const below = matches[level - 1] as boolean[];
      const length = Math.ceil(below.length / 2);
      matches.push(Array.from({ length }, (_, i) => below[2 * i] === true || below[2 * i + 1] === true));
    }
    const hashes: Hash256[] = [];
    const bits: boolean[] = [];
    const visit = (level: number, position: number): void => {
      const matched = matches[level]?.[position] === true;
      bits.push(matched);
      if (level === 0 || !matched) {
        hashes.push(hashAt(levels[level] as MerkleLevel, position));
        return;
      }
      visit(level - 1, 2 * position);
      if (2 * position + 1 < (matches[level - 1] as boolean[]).length) visit(level - 1, 2 * position + 1);
    };
    if (leaves.length > 0) visit(levels.length - 1, 0);
    return new PartialMerkleTree(leaves.length, hashes, bits);
  }

  /** @throws DecodeError when the bytes are cut short */
  static read(reader: Reader): PartialMerkleTree {
    const leafCount = reader.u32();
    const hashes: Hash256[] = [];
    for (let count = reader.compactSize(); count > 0; count--) hashes.push(reader.hash());
    const packed = reader.varBytes();
    const bits = Array.from(
      { length: packed.length * 8 },
      (_, i) => ((packed[i >> 3] as number) >> (i & 7)) & 1,
    );
    return new PartialMerkleTree(
      leafCount,
      hashes,
      bits.map(bit => bit === 1),
    );
  }

  write(writer: Writer): void {
    writer.u32(this.leafCount).compactSize(this.hashes.length);
    for (const hash of this.hashes) writer.bytes(hash);
    const packed = new Uint8Array(Math.ceil(this.bits.length / 8));
    for (const [i, bit] of this.bits.entries()) if (bit) (packed[i >> 3] as number) |= 1 << (i & 7);
    writer.varBytes(packed);
  }

  /** The root that the proof leads to and the leaves that it proves; undefined when it is malformed. */
  extract(): { readonly root: Hash256; readonly proven: readonly Hash256[] } | undefined {
    const { leafCount, hashes, bits } = this;
    if (leafCount === 0 || leafCount > MAX_LEAVES || hashes.length > leafCount || bits.length < hashes.length)
      return undefined;
    const widths = [leafCount];
    while ((widths.at(-1) as number) > 1) widths.push(Math.ceil((widths.at(-1) as number) / 2));
    const proven: Hash256[] = [];
    let usedBits = 0;
    let usedHashes = 0;
    const visit = (level: number, position: number): Hash256 | undefined => {
      const matched = bits[usedBits++];
      if (matched === undefined) return undefined;
      if (level === 0 || !matched) {
        const hash = hashes[usedHashes++];
        if (hash !== undefined && level === 0 && matched) proven.push(hash);
        return hash;
      }
      const left = visit(level - 1, 2 * position);
      const hasRight = 2 * position + 1 < (widths[level - 1] as number);
      const right = hasRight ? visit(level - 1, 2 * position + 1) : left;
      // Equal halves would prove a leaf that is there only once (CVE-2012-2459).
      if (left === undefined || right === undefined || (hasRight && bytesEqual(left, right)))
        return undefined;
      return sha256d(Buffer.concat([left, right]));
    };
    const root = visit(widths.length - 1, 0);
    const allUsed = Math.ceil(usedBits / 8) === Math.ceil(bits.length / 8) && usedHashes === hashes.length;
    return root !== undefined && allUsed ? { root, proven } : undefined;
  }
}

/** Levels of the tree, leaves first; the last one is the root. */
function treeLevels(leaves: readonly Hash256[]): readonly MerkleLevel[] {
  const levels = [merkleLevel(leaves)];
  for (let width = leaves.length; width > 1; width = Math.ceil(width / 2)) {
    levels.push(parentLevel(levels.at(-1) as MerkleLevel));
  }
  return levels;
}
