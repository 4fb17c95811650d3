import { afterHonestBlock, afterOwnBlock, type SelfishAction } from './selfish-rules.js';

/** What a selfish miner does now. */
export interface SelfishMove<Block> {
  readonly action: SelfishAction;
  /** Blocks of his that he publishes with it, oldest first. */
  readonly publish: readonly Block[];
}

/**
 * The branch of a selfish miner and what he does with it, whatever a block is: a header of a simulation, or the hash of one
 * on real nodes. A round begins when all agree on a tip, and ends when they do again.
 */
export class SelfishBranch<Block> {
  private blocks: Block[] = [];
  private published = 0;
  /** Length of the longest honest branch since the fork. */
  private rivals = 0;
  private forkHeight = 0;

  /** All agree on a tip at this height. */
  start(forkHeight: number): void {
    this.drop();
    this.rivals = 0;
    this.forkHeight = forkHeight;
  }

  /** His last block; undefined when he has none of his own. */
  get tip(): Block | undefined {
    return this.blocks.at(-1);
  }

  /** The last one that others know; undefined when they know none. */
  get publishedTip(): Block | undefined {
    return this.blocks[this.published - 1];
  }

  /** His blocks since the fork, and those of the longest rival branch. */
  get attacker(): number {
    return this.blocks.length;
  }

  get honest(): number {
    return this.rivals;
  }

  /** He has found a block on top of his branch, or of the tip on which all agree. */
  found(block: Block): SelfishMove<Block> {
    this.blocks.push(block);
    const action = afterOwnBlock({ attacker: this.attacker, honest: this.honest });
    return { action, publish: action === 'override' ? this.override() : [] };
  }

  /**
   * Somebody else has found a block, on top of the rival branch or of what he has published.
   *
   * @param prev the block below it
   */
  saw(height: number, prev: Block): SelfishMove<Block> {
    const settled = this.blocks.indexOf(prev) + 1;
    if (settled > 0) this.settle(settled);
    this.rivals = Math.max(this.rivals, height - this.forkHeight);
    const action = afterHonestBlock({ attacker: this.attacker, honest: this.honest });
    return { action, publish: this.react(action) };
  }

  /** Publishes all that is left, whether it pays or not. */
  surrender(): readonly Block[] {
    return this.override();
  }

  private react(action: SelfishAction): readonly Block[] {
    if (action === 'override') return this.override();
    if (action === 'match') return this.match();
    if (action === 'adopt') this.drop();
    return [];
  }

  /** The block of somebody else builds on the first `count` blocks of the branch: the fork is above these now. */
  private settle(count: number): void {
    this.blocks.splice(0, count);
    this.published -= count;
    this.forkHeight += count;
    this.rivals = 0;
  }

  /** As many of his blocks are known as there are of the others. */
  private match(): readonly Block[] {
    const news = this.blocks.slice(this.published, this.rivals);
    this.published = this.rivals;
    return news;
  }

  private override(): readonly Block[] {
    const news = this.blocks.slice(this.published);
    this.drop();
    return news;
  }

  private drop(): void {
    this.blocks = [];
    this.published = 0;
  }
}
