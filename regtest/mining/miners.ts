import { errorMessage } from '../../src/runtime/errors.js';
import { letTipSpread } from '../branch/follow.js';
import type { RegtestNode } from '../node.js';

export interface MinersModules {
  readonly nodes: readonly RegtestNode[];
  /** Runs a job while nothing else of the lab moves the chain. */
  readonly exclusively: <T>(job: () => Promise<T>) => Promise<T>;
  /** The running nodes that are connected with this one, directly or not, and itself. */
  readonly sideOf: (node: RegtestNode) => readonly RegtestNode[];
  /** Told once when a node fails to mine, and again after it has mined meanwhile. */
  readonly onTrouble: (message: string) => void;
}

/** Blocks take longer to get around only over links that are bad. */
const SPREAD_MS = 5_000;

/** The nodes as miners: what one of them fails at in the background ends neither the mining nor the lab. */
export class Miners {
  private readonly troubled = new Set<number>();

  constructor(private readonly modules: MinersModules) {}

  get count(): number {
    return this.modules.nodes.length;
  }

  isRunning(index: number): boolean {
    return this.modules.nodes[index]?.isRunning === true;
  }

  /** Lets a node mine a block, to its own address. A node that does not run finds nothing. */
  async mine(index: number): Promise<void> {
    await this.attempt(index, async node => (await node.mine()).length > 0);
  }

  /** Lets a node look for a block in a way of the caller's, which says whether there is one. */
  async attempt(index: number, search: (node: RegtestNode) => Promise<boolean>): Promise<boolean> {
    const { nodes, exclusively } = this.modules;
    const node = nodes[index];
    if (node?.isRunning !== true) return false;
    try {
      const hasFound = await exclusively(() => search(node));
      if (hasFound) this.troubled.delete(index);
      return hasFound;
    } catch (thrown) {
      this.tell(node, thrown);
      return false;
    }
  }

  /** Waits until the nodes connected with this one have its tip, or for as long as is reasonable. */
  async spread(index: number, signal: AbortSignal): Promise<void> {
    const { nodes, sideOf } = this.modules;
    const node = nodes[index];
    if (node === undefined) return;
    try {
      await letTipSpread(node, () => sideOf(node), { timeoutMs: SPREAD_MS, signal });
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }

  private tell({ index, name }: RegtestNode, thrown: unknown): void {
    if (this.troubled.has(index)) return;
    this.troubled.add(index);
    this.modules.onTrouble(`${name} does not mine: ${errorMessage(thrown)}`);
  }
}
