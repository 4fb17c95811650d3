import { type BlockSighting, MAX_VIEW_BLOCKS } from '../control/protocol.js';
import type { LabEvent } from './lab-event.js';

/** Blocks that are remembered, at about 500 bytes each: five hours of a block a second. The lowest go first. */
export const MAX_TREE_BLOCKS = 20_000;

/** What a block is, apart from who has it. */
export type BlockFacts = Omit<BlockSighting, 'finder' | 'seenBy' | 'isPrivate' | 'shownTo'>;

interface Find {
  readonly node: number;
  readonly isPrivate: boolean;
  readonly shownTo?: readonly number[] | undefined;
}

interface SeenBlock {
  readonly facts: BlockFacts;
  readonly seenBy: Set<number>;
  find: Find | undefined;
}

/**
 * The tree of blocks, forks included, that the nodes of a lab have, kept up by events. Any order of the events about one
 * block gives the same.
 */
export class BlockTree {
  private readonly blocks = new Map<string, SeenBlock>();
  private readonly hashesAt = new Map<number, string[]>();
  /** Of blocks that no node is known to have: a daemon's pipe and the answers of its RPC are not in step. */
  private readonly earlyFinds = new Map<string, Find>();
  private lowest = 0;
  private highest = -1;

  /** Blocks below this height are not known, or no longer. */
  get lowestHeight(): number {
    return this.lowest;
  }

  has(hash: string): boolean {
    return this.blocks.has(hash);
  }

  parentOf(hash: string): string | undefined {
    return this.blocks.get(hash)?.facts.parent;
  }

  apply(event: LabEvent): void {
    if (event.type === 'blockStored') this.add(event, event.node);
    else if (event.type === 'blockFound') this.noteFind(event.hash, event);
    else if (event.type === 'revert') this.clear();
  }

  /** A node has this block. */
  add({ hash, parent, height, time, txs, bytes }: BlockFacts, node: number): void {
    const known = this.blocks.get(hash);
    if (known !== undefined) {
      known.seenBy.add(node);
      return;
    }
    const facts = { hash, parent, height, time, txs, bytes };
    const find = this.earlyFinds.get(hash);
    this.earlyFinds.delete(hash);
    this.blocks.set(hash, { facts, seenBy: new Set([node]), find });
    const others = this.hashesAt.get(height);
    if (others === undefined) this.hashesAt.set(height, [hash]);
    else others.push(hash);
    this.lowest = this.highest < 0 ? height : Math.min(this.lowest, height);
    this.highest = Math.max(this.highest, height);
    if (this.blocks.size > MAX_TREE_BLOCKS) this.forgetLowest();
  }

  /** A node has a block that is known. @returns false when it is not */
  addHolder(hash: string, node: number): boolean {
    return this.blocks.get(hash)?.seenBy.add(node) !== undefined;
  }

  /** Forgets the blocks. Who found them stays true, for those that turn up again. */
  clear(): void {
    for (const [hash, { find }] of this.blocks) if (find !== undefined) this.noteEarly(hash, find);
    this.blocks.clear();
    this.hashesAt.clear();
    this.lowest = 0;
    this.highest = -1;
  }

  /**
   * The highest blocks, parents first, below a height if one is given: at most {@link MAX_VIEW_BLOCKS}, and all or none of
   * a height, so that the next page can go on below it.
   */
  page(belowHeight = Number.POSITIVE_INFINITY): readonly BlockSighting[] {
    const levels: (readonly string[])[] = [];
    let count = 0;
    for (let height = Math.min(this.highest, belowHeight - 1); height >= this.lowest; height--) {
      const level = this.hashesAt.get(height) ?? [];
      if (count > 0 && count + level.length > MAX_VIEW_BLOCKS) break;
      levels.push(level.slice(0, MAX_VIEW_BLOCKS));
      count += level.length;
    }
    return levels
      .reverse()
      .flat()
      .flatMap(hash => this.sighting(hash));
  }

  private sighting(hash: string): readonly BlockSighting[] {
    const block = this.blocks.get(hash);
    if (block === undefined) return [];
    const { facts, seenBy, find } = block;
    const finder = find === undefined ? {} : { finder: find.node };
    const shownTo = find?.shownTo === undefined ? {} : { shownTo: find.shownTo };
    const holders = [...seenBy].sort((a, b) => a - b);
    return [{ ...facts, ...finder, ...shownTo, seenBy: holders, isPrivate: isHidden(find, holders) }];
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
    if (this.earlyFinds.size > MAX_TREE_BLOCKS && oldest !== undefined) this.earlyFinds.delete(oldest);
  }

  private forgetLowest(): void {
    for (const hash of this.hashesAt.get(this.lowest) ?? []) this.blocks.delete(hash);
    this.hashesAt.delete(this.lowest);
    while (this.lowest < this.highest && !this.hashesAt.has(this.lowest)) this.lowest++;
  }
}

/** The block was to be kept from the other nodes, and they do not have it. */
function isHidden(find: Find | undefined, holders: readonly number[]): boolean {
  if (find?.isPrivate !== true) return false;
  return holders.every(node => node === find.node || find.shownTo?.includes(node));
}
