import { errorMessage } from '../../src/runtime/errors.js';
import type { RegtestNode } from '../node.js';

export interface MinersModules {
  readonly nodes: readonly RegtestNode[];
  /** Runs a job while nothing else of the lab moves the chain. */
  readonly exclusively: <T>(job: () => Promise<T>) => Promise<T>;
  /** Told of each block. */
  readonly onFound?: ((node: number, hash: string) => void) | undefined;
  /** Told once when a node fails to mine, and again after it has mined meanwhile. */
  readonly onTrouble: (message: string) => void;
}

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
    await this.attempt(index, async node => (await node.mine())[0]);
  }

  /** Lets a node look for a block in a way of the caller's, which gives its hash if there is one. */
  async attempt(index: number, search: (node: RegtestNode) => Promise<string | undefined>): Promise<void> {
    const { nodes, exclusively, onFound } = this.modules;
    const node = nodes[index];
    if (node?.isRunning !== true) return;
    try {
      const hash = await exclusively(() => search(node));
      if (hash === undefined) return;
      this.troubled.delete(index);
      onFound?.(index, hash);
    } catch (thrown) {
      this.tell(node, thrown);
    }
  }

  private tell({ index, name }: RegtestNode, thrown: unknown): void {
    if (this.troubled.has(index)) return;
    this.troubled.add(index);
    this.modules.onTrouble(`${name} does not mine: ${errorMessage(thrown)}`);
  }
}
