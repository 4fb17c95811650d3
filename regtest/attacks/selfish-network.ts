import { defined } from '../../src/runtime/errors.js';
import { deliverBlocks } from '../block-delivery.js';
import type { BlockPace } from '../block-pace.js';
import { MAX_TRIES } from '../mining/max-tries.js';
import type { RegtestNode } from '../node.js';
import type { Random } from '../random.js';

/** A block that was found. */
export interface FoundOnNode {
  readonly hash: string;
  readonly prev: string;
  readonly height: number;
  readonly finder: RegtestNode;
}

/** Nodes of one mind, with what they work on. */
export class MinerGroup {
  constructor(readonly nodes: readonly RegtestNode[]) {}

  get first(): RegtestNode {
    return defined(this.nodes[0], 'node of a group');
  }

  tip(): Promise<string> {
    return this.first.rpc.call('getbestblockhash');
  }

  /** Hands blocks to all of them, in this order. */
  receive(hashes: readonly string[], from: RegtestNode): Promise<void> {
    return deliverBlocks(hashes, from, this.nodes);
  }

  /** They take a block of equal work as if it had reached them first. */
  async prefer(hash: string): Promise<void> {
    await Promise.all(this.nodes.map(({ rpc }) => rpc.call('preciousblock', hash)));
  }

  /** One of them finds a block on its tip. It is up to the caller to report it: whether it is held back is not decided yet. */
  async find(lots: Random): Promise<FoundOnNode> {
    const finder = defined(this.nodes[lots.below(this.nodes.length)], 'node of a group');
    const [found] = await finder.rpc.call('generatetoaddress', 1, finder.key.address, MAX_TRIES);
    const hash = defined(found, 'hash of a new block');
    const { height, previousblockhash = '' } = await finder.rpc.call('getblockheader', hash);
    return { hash, height, prev: previousblockhash, finder };
  }
}

/** How hard the next block on top of a tip is, by the nodes' own rule. */
export class DifficultyMeter {
  private readonly targets = new Map<string, bigint>();
  private first: bigint | undefined;

  /** How many times as easy as the first block that was asked for the next one on the node's tip is. */
  async easeOn({ rpc }: RegtestNode, tip: string): Promise<number> {
    let target = this.targets.get(tip);
    if (target === undefined) {
      const template = await rpc.call('getblocktemplate', { rules: ['segwit'] });
      target = BigInt(`0x${template.target}`);
      this.targets.set(tip, target);
    }
    this.first ??= target;
    return Number(target) / Number(this.first);
  }
}

/** Times of a race in mean block times, as times of the nodes. */
export class RaceTime {
  private readonly start: number;

  constructor(private readonly pace: BlockPace) {
    this.start = pace.time;
  }

  moveTo(blockTimes: number): Promise<void> {
    return this.pace.moveTo(this.start + Math.floor(blockTimes * this.pace.spacing));
  }
}
