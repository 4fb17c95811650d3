import { type BlockSighting, MAX_VIEW_BLOCKS } from '../control/protocol.js';
import { RpcCallError, type RpcCaller, RpcUnreachable } from '../rpc/caller.js';
import { type BlockFacts, BlockTree } from './block-tree.js';
import type { LabEvents } from './event-source.js';

/** Tips whose blocks a node has, by their status in getchaintips. */
const STORED_TIPS: ReadonlySet<string> = new Set(['active', 'valid-fork', 'valid-headers']);

/** A node of the lab, as far as its blocks are asked for. */
export interface ViewedNode {
  readonly index: number;
  readonly isRunning: boolean;
  readonly rpc: RpcCaller;
}

const NO_PARENT = '0'.repeat(64);

/** The blocks of a lab for its page: read from the nodes at the start and after a revert, kept up by events in between. */
export class LabBlocks {
  private readonly tree = new BlockTree();
  private readonly end: () => void;
  /** Reads the nodes' blocks; a later one takes the place of an earlier one. */
  private filling: Promise<void>;

  private constructor(
    private readonly nodes: readonly ViewedNode[],
    events: LabEvents,
  ) {
    // Finders of blocks that were found before: the log may know them, the nodes do not.
    for (const event of events.since(0)) this.tree.apply(event);
    this.end = events.subscribe(event => {
      this.tree.apply(event);
      if (event.type === 'revert') this.filling = this.filling.then(() => this.fill());
    });
    this.filling = this.fill();
  }

  /** Begins to follow the blocks of these nodes. */
  static async follow(nodes: readonly ViewedNode[], events: LabEvents): Promise<LabBlocks> {
    const blocks = new LabBlocks(nodes, events);
    await blocks.filling;
    return blocks;
  }

  /**
   * The highest blocks of the tree, below a height if one is given; parents first. Where no more is remembered these are
   * the blocks of the nodes' chain.
   */
  async page(belowHeight?: number): Promise<readonly BlockSighting[]> {
    await this.filling;
    const page = this.tree.page(belowHeight);
    if (page.length > 0 || belowHeight === undefined || belowHeight <= 0) return page;
    return this.chainBelow(belowHeight);
  }

  close(): void {
    this.end();
  }

  private async fill(): Promise<void> {
    for (const node of this.nodes) if (node.isRunning) await whileItRuns(() => this.fillFrom(node));
  }

  private async fillFrom({ index, rpc }: ViewedNode): Promise<void> {
    for (const { hash, status } of await rpc.call('getchaintips')) {
      if (STORED_TIPS.has(status)) await this.fillBranch(rpc, hash, index);
    }
  }

  /** Goes back from a tip as far as a page reaches. */
  private async fillBranch(rpc: RpcCaller, tip: string, node: number): Promise<void> {
    let hash: string | undefined = tip;
    for (let left = MAX_VIEW_BLOCKS; left > 0 && hash !== undefined && hash !== NO_PARENT; left--) {
      if (!this.tree.addHolder(hash, node)) this.tree.add(await readBlock(rpc, hash), node);
      hash = this.tree.get(hash)?.parent;
    }
  }

  private async chainBelow(height: number): Promise<readonly BlockSighting[]> {
    const running = this.nodes.filter(({ isRunning }) => isRunning);
    const [first] = running;
    if (first === undefined) return [];
    const page = new BlockTree();
    await whileItRuns(async () => {
      const tips = await Promise.all(running.map(({ rpc }) => blockAt(rpc, height - 1)));
      const [tip] = tips;
      const holders = running.filter((_, index) => tips[index] === tip);
      let hash = tip;
      for (let left = MAX_VIEW_BLOCKS; left > 0 && hash !== undefined && hash !== NO_PARENT; left--) {
        const facts: BlockFacts = await readBlock(first.rpc, hash);
        for (const { index } of holders) page.add(facts, index);
        hash = facts.parent;
      }
    });
    return page.page();
  }
}

async function readBlock(rpc: RpcCaller, block: string): Promise<BlockFacts> {
  const info = await rpc.call('getblock', block);
  const { hash, height, time, size, nTx, previousblockhash = NO_PARENT } = info;
  return { hash, parent: previousblockhash, height, time, txs: nTx, bytes: size };
}

async function blockAt(rpc: RpcCaller, height: number): Promise<string | undefined> {
  try {
    return await rpc.call('getblockhash', height);
  } catch (thrown) {
    if (thrown instanceof RpcCallError) return undefined;
    throw thrown;
  }
}

/** A node may end, or have pruned what is asked for: then there is no more to learn from it. */
async function whileItRuns(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof RpcCallError || thrown instanceof RpcUnreachable)) throw thrown;
  }
}
