import type { BlockSighting } from '../../control/protocol.js';
import { MAX_TREE_BLOCKS } from './limits.js';

/** A block of the tree. `seenBy` grows as nodes get it. */
export interface TreeBlock {
  readonly hash: string;
  readonly parent: string;
  readonly height: number;
  /** Unix seconds in the header. */
  readonly time: number;
  readonly txs: number;
  readonly bytes: number;
  finder: number | undefined;
  readonly seenBy: Set<number>;
  isPrivate: boolean;
  /** Nodes that may have it while it is private. */
  shownTo?: readonly number[] | undefined;
}

/** Who found a block, told before the block itself was. */
interface Find {
  readonly node: number;
  readonly isPrivate: boolean;
  readonly shownTo?: readonly number[];
}

/** Finds whose blocks have not come; more than these are of blocks that never will. */
const MAX_FINDS_AHEAD = 100;

/** All blocks that are known, forks included; of a long chain the upper part. */
export class BlockTree {
  private readonly blocks = new Map<string, TreeBlock>();
  private readonly byHeight = new Map<number, TreeBlock[]>();
  private readonly findsAhead = new Map<string, Find>();
  private lowest = Number.POSITIVE_INFINITY;
  private highest = -1;

  get size(): number {
    return this.blocks.size;
  }

  /** Lowest height with a known block; -1 when there is none. */
  get bottom(): number {
    return this.blocks.size === 0 ? -1 : this.lowest;
  }

  /** Greatest height with a known block; -1 when there is none. */
  get top(): number {
    return this.highest;
  }

  get isFull(): boolean {
    return this.blocks.size >= MAX_TREE_BLOCKS;
  }

  get(hash: string): TreeBlock | undefined {
    return this.blocks.get(hash);
  }

  /** Blocks at a height in the order in which they came. */
  at(height: number): readonly TreeBlock[] {
    return this.byHeight.get(height) ?? [];
  }

  /** Blocks from one height to another, both included, the lowest first. */
  between(low: number, high: number): TreeBlock[] {
    const found: TreeBlock[] = [];
    const end = Math.min(high, this.highest);
    for (let height = Math.max(low, this.bottom); height <= end; height++) found.push(...this.at(height));
    return found;
  }

  /** Takes blocks as the lab has seen them; none when there are as many as are kept. */
  addSightings(sightings: readonly BlockSighting[]): void {
    for (const sighting of sightings) {
      if (this.blocks.has(sighting.hash) || this.isFull) continue;
      const { finder, seenBy, ...rest } = sighting;
      this.insert({ ...rest, finder, seenBy: new Set(seenBy) });
    }
  }

  /** A node has stored a block. What it did not get from a peer, and nobody else has, it found itself. */
  store(
    node: number,
    block: Omit<TreeBlock, 'finder' | 'seenBy' | 'isPrivate' | 'shownTo'>,
    fromPeer: boolean,
  ): void {
    const known = this.blocks.get(block.hash);
    if (known !== undefined) {
      known.seenBy.add(node);
      if (!isInsider(node, known)) known.isPrivate = false;
      return;
    }
    const find = this.findsAhead.get(block.hash);
    this.findsAhead.delete(block.hash);
    const { hash, parent, height, time, txs, bytes } = block;
    this.insert({
      hash,
      parent,
      height,
      time,
      txs,
      bytes,
      finder: find?.node ?? (fromPeer ? undefined : node),
      seenBy: new Set([node]),
      isPrivate: find?.isPrivate ?? false,
      shownTo: find?.shownTo,
    });
    this.dropLowest();
  }

  /** The lab made a node find a block, which may be told before or after the node has told of it. */
  find(hash: string, find: Find): void {
    const known = this.blocks.get(hash);
    if (known === undefined) {
      this.findsAhead.set(hash, find);
      const oldest = this.findsAhead.keys().next();
      if (this.findsAhead.size > MAX_FINDS_AHEAD && !oldest.done) this.findsAhead.delete(oldest.value);
      return;
    }
    known.finder = find.node;
    known.shownTo = find.shownTo;
    known.isPrivate = find.isPrivate && [...known.seenBy].every(node => isInsider(node, known));
  }

  /** Hashes from a block down to the lowest known ancestor at or above `low`. */
  branch(tip: string, low = 0): Set<string> {
    const hashes = new Set<string>();
    let block = this.blocks.get(tip);
    while (block !== undefined && block.height >= low) {
      hashes.add(block.hash);
      block = this.blocks.get(block.parent);
    }
    return hashes;
  }

  clear(): void {
    this.blocks.clear();
    this.byHeight.clear();
    this.findsAhead.clear();
    this.lowest = Number.POSITIVE_INFINITY;
    this.highest = -1;
  }

  /** A tree that goes its own way from here on. */
  clone(): BlockTree {
    const copy = new BlockTree();
    for (const block of this.blocks.values()) copy.insert({ ...block, seenBy: new Set(block.seenBy) });
    return copy;
  }

  private insert(block: TreeBlock): void {
    this.blocks.set(block.hash, block);
    const row = this.byHeight.get(block.height);
    if (row === undefined) this.byHeight.set(block.height, [block]);
    else row.push(block);
    this.lowest = Math.min(this.lowest, block.height);
    this.highest = Math.max(this.highest, block.height);
  }

  private dropLowest(): void {
    while (this.blocks.size > MAX_TREE_BLOCKS) {
      for (const { hash } of this.at(this.lowest)) this.blocks.delete(hash);
      this.byHeight.delete(this.lowest);
      this.lowest++;
    }
  }
}

function isInsider(node: number, { finder, shownTo }: TreeBlock): boolean {
  return node === finder || shownTo?.includes(node) === true;
}
