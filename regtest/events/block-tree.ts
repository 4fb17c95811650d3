import { type BlockSighting, MAX_VIEW_BLOCKS } from '../control/protocol.js';
import type { LabEvent } from './lab-event.js';

/** Blocks that are remembered unless told, at about 500 bytes each: five hours of a block a second. The lowest go first. */
export const MAX_TREE_BLOCKS = 20_000;

/** What a block is, apart from who has it. */
export type BlockFacts = Omit<BlockSighting, 'finder' | 'seenBy' | 'isPrivate' | 'shownTo'>;

/** A block of the tree. `seenBy` grows as nodes get it. */
export interface TreeBlock extends BlockFacts {
  /** The node that found it, as far as is known. */
  readonly finder: number | undefined;
  readonly seenBy: ReadonlySet<number>;
  /** Nodes that were to see it though it is private. */
  readonly shownTo: readonly number[] | undefined;
  /** It was to be kept from the other nodes, and they do not have it. */
  readonly isPrivate: boolean;
}

interface Find {
  readonly node: number;
  readonly isPrivate: boolean;
  readonly shownTo?: readonly number[] | undefined;
}

class SeenBlock implements TreeBlock {
  readonly hash: string;
  readonly parent: string;
  readonly height: number;
  readonly time: number;
  readonly txs: number;
  readonly bytes: number;
  readonly seenBy: Set<number>;
  /** What the lab has told of its finder. */
  find: Find | undefined;
  /** The first node, by number, that has it from no peer. */
  origin: number | undefined;

  constructor(facts: BlockFacts, seenBy: Iterable<number>, find: Find | undefined) {
    this.hash = facts.hash;
    this.parent = facts.parent;
    this.height = facts.height;
    this.time = facts.time;
    this.txs = facts.txs;
    this.bytes = facts.bytes;
    this.seenBy = new Set(seenBy);
    this.find = find;
  }

  /** What no peer gave it, and nobody was told to find, a node found itself. */
  get finder(): number | undefined {
    return this.find?.node ?? this.origin;
  }

  get shownTo(): readonly number[] | undefined {
    return this.find?.shownTo;
  }

  get isPrivate(): boolean {
    const { find, seenBy } = this;
    if (find?.isPrivate !== true) return false;
    for (const node of seenBy) if (node !== find.node && find.shownTo?.includes(node) !== true) return false;
    return true;
  }

  clone(): SeenBlock {
    const copy = new SeenBlock(this, this.seenBy, this.find);
    copy.origin = this.origin;
    return copy;
  }
}

/**
 * The tree of blocks, forks included, that the nodes of a lab have, kept up by events. Any order of the events about one
 * block gives the same.
 */
export class BlockTree {
  private readonly blocks = new Map<string, SeenBlock>();
  private readonly byHeight = new Map<number, SeenBlock[]>();
  /** Of blocks that no node is known to have: a daemon's pipe and the answers of its RPC are not in step. */
  private readonly earlyFinds = new Map<string, Find>();
  private lowest = 0;
  private highest = -1;

  /** @param maxBlocks as many are remembered */
  constructor(private readonly maxBlocks = MAX_TREE_BLOCKS) {}

  get size(): number {
    return this.blocks.size;
  }

  /** Lowest height with a known block, 0 when there is none. Blocks below it are not known, or no longer. */
  get bottom(): number {
    return this.lowest;
  }

  /** Greatest height with a known block; -1 when there is none. */
  get top(): number {
    return this.highest;
  }

  get isFull(): boolean {
    return this.blocks.size >= this.maxBlocks;
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
    for (let height = Math.max(low, this.lowest); height <= end; height++) found.push(...this.at(height));
    return found;
  }

  /** Hashes from a block down to the lowest known ancestor at or above `low`. */
  branch(tip: string, low = 0): Set<string> {
    const hashes = new Set<string>();
    let block = this.get(tip);
    while (block !== undefined && block.height >= low) {
      hashes.add(block.hash);
      block = this.get(block.parent);
    }
    return hashes;
  }

  apply(event: LabEvent): void {
    if (event.type === 'blockStored') {
      const block = this.put(event, event.node);
      if (event.from === undefined) block.origin = Math.min(event.node, block.origin ?? event.node);
    } else if (event.type === 'blockFound') this.noteFind(event.hash, event);
    else if (event.type === 'revert') this.clear();
  }

  /** A node has this block. */
  add(facts: BlockFacts, node: number): void {
    this.put(facts, node);
  }

  private put(facts: BlockFacts, node: number): SeenBlock {
    const known = this.blocks.get(facts.hash);
    if (known !== undefined) {
      known.seenBy.add(node);
      return known;
    }
    const block = new SeenBlock(facts, [node], this.earlyFinds.get(facts.hash));
    this.earlyFinds.delete(facts.hash);
    this.insert(block);
    if (this.blocks.size > this.maxBlocks) this.forgetLowest();
    return block;
  }

  /** A node has a block that is known. @returns false when it is not */
  addHolder(hash: string, node: number): boolean {
    return this.blocks.get(hash)?.seenBy.add(node) !== undefined;
  }

  /** Takes blocks as another tree has given them out; none when there are as many as are remembered. */
  addSightings(sightings: readonly BlockSighting[]): void {
    for (const { finder, seenBy, isPrivate, shownTo, ...facts } of sightings) {
      if (this.blocks.has(facts.hash) || this.isFull) continue;
      const find =
        finder === undefined ? this.earlyFinds.get(facts.hash) : { node: finder, isPrivate, shownTo };
      this.insert(new SeenBlock(facts, seenBy, find));
    }
  }

  /** Forgets the blocks. Who found them stays true, for those that turn up again. */
  clear(): void {
    for (const [hash, { find }] of this.blocks) if (find !== undefined) this.noteEarly(hash, find);
    this.blocks.clear();
    this.byHeight.clear();
    this.lowest = 0;
    this.highest = -1;
  }

  /** A tree that goes its own way from here on. */
  clone(): BlockTree {
    const copy = new BlockTree(this.maxBlocks);
    for (const block of this.blocks.values()) copy.insert(block.clone());
    for (const [hash, find] of this.earlyFinds) copy.earlyFinds.set(hash, find);
    return copy;
  }

  /**
   * The highest blocks, parents first, below a height if one is given: at most {@link MAX_VIEW_BLOCKS}, and all or none of
   * a height, so that the next page can go on below it.
   */
  page(belowHeight = Number.POSITIVE_INFINITY): readonly BlockSighting[] {
    const levels: (readonly TreeBlock[])[] = [];
    let count = 0;
    for (let height = Math.min(this.highest, belowHeight - 1); height >= this.lowest; height--) {
      const level = this.at(height);
      if (count > 0 && count + level.length > MAX_VIEW_BLOCKS) break;
      levels.push(level.slice(0, MAX_VIEW_BLOCKS));
      count += level.length;
    }
    return levels.reverse().flat().map(sightingOf);
  }

  private insert(block: SeenBlock): void {
    this.blocks.set(block.hash, block);
    const row = this.byHeight.get(block.height);
    if (row === undefined) this.byHeight.set(block.height, [block]);
    else row.push(block);
    this.lowest = this.highest < 0 ? block.height : Math.min(this.lowest, block.height);
    this.highest = Math.max(this.highest, block.height);
  }

  private noteFind(hash: string, { node, isPrivate, shownTo }: Find): void {
    const block = this.blocks.get(hash);
    const find = { node, isPrivate, shownTo };
    if (block !== undefined) block.find = find;
    else this.noteEarly(hash, find);
  }

  private noteEarly(hash: string, find: Find): void {
    this.earlyFinds.set(hash, find);
    const [oldest] = this.earlyFinds.keys();
    if (this.earlyFinds.size > this.maxBlocks && oldest !== undefined) this.earlyFinds.delete(oldest);
  }

  private forgetLowest(): void {
    for (const { hash } of this.at(this.lowest)) this.blocks.delete(hash);
    this.byHeight.delete(this.lowest);
    while (this.lowest < this.highest && !this.byHeight.has(this.lowest)) this.lowest++;
  }
}

function sightingOf({
  hash,
  parent,
  height,
  time,
  txs,
  bytes,
  finder,
  seenBy,
  isPrivate,
  shownTo,
}: TreeBlock): BlockSighting {
  const found = {
    ...(finder === undefined ? {} : { finder }),
    ...(shownTo === undefined ? {} : { shownTo }),
  };
  const holders = [...seenBy].sort((a, b) => a - b);
  return { hash, parent, height, time, txs, bytes, ...found, seenBy: holders, isPrivate };
}
