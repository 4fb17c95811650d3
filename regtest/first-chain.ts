import type { NodeMemory } from '../src/node/home.js';
import type { NodeEvent } from '../src/node/node-event.js';
import type { LabAccount } from './accounts/account.js';
import type { LabKey } from './accounts/lab-keys.js';
import type { EventLog } from './events/event-log.js';
import { fundAccounts } from './funding.js';
import type { HostEvent } from './host.js';
import { InProcessNode } from './in-process.js';
import { LinkTable } from './links/link-table.js';
import { MemoryNetwork } from './links/memory-network.js';
import type { RegtestNode } from './node.js';

export interface FirstChainOptions {
  readonly accounts: readonly LabAccount[];
  readonly faucet: LabKey;
  /** Rules of the network, as options of blocksmithd. */
  readonly args: readonly string[];
}

/** Nobody connects to the node that makes the chain. */
const NO_PEERS_PORT = 1;

type Growth = Extract<NodeEvent, { readonly type: 'blockStored' | 'blockConnected' | 'tip' }>;

/**
 * The chain that a network begins with. It is made once, by a node in memory, and given to all: sending each block to
 * every node, and checking it there, takes many times as long.
 */
export class FirstChain {
  private constructor(
    private readonly memory: NodeMemory,
    private readonly growth: readonly Growth[],
    private readonly found: readonly string[],
  ) {}

  static async make({ accounts, faucet, args }: FirstChainOptions): Promise<FirstChain> {
    const sockets = new MemoryNetwork(new LinkTable(0)).socketsOf(0);
    const maker = new InProcessNode({ name: 'first', p2pPort: NO_PEERS_PORT, sockets, args });
    const growth: Growth[] = [];
    maker.onEvent(event => {
      if (tellsOfGrowth(event)) growth.push(event);
    });
    const found: string[] = [];
    await maker.start();
    try {
      await fundAccounts(
        { rpc: maker.rpc, reportFound: async hashes => void found.push(...hashes) },
        accounts,
        faucet,
      );
      const state = await maker.save();
      return new FirstChain(await state.memory(), growth, found);
    } finally {
      await maker.stop();
    }
  }

  /** Puts the chain into nodes that were never started. */
  async giveTo([first, ...others]: readonly RegtestNode[]): Promise<void> {
    if (first === undefined) return;
    const state = await first.host.stateOf(this.memory);
    await Promise.all([first, ...others].map(({ host }) => host.restore(state)));
    await state.drop();
  }

  /** Tells of the blocks as if they had come to the node one by one, and as if the first node had found them. */
  tellOf({ index }: RegtestNode, events: EventLog): void {
    for (const event of this.growth) events.emit({ node: index, ...event });
    if (index > 0) return;
    this.found.forEach((hash, below) => {
      events.emit({ type: 'blockFound', node: index, hash, height: below + 1, isPrivate: false });
    });
  }
}

function tellsOfGrowth(event: HostEvent): event is Growth {
  return event.type === 'blockStored' || event.type === 'blockConnected' || event.type === 'tip';
}
