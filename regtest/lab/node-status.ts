import { peerName } from '../../src/node/event-feed.js';
import type { NodeStatus } from '../control/protocol.js';
import type { RegtestNode } from '../node.js';

type Seen = Pick<NodeStatus, 'height' | 'tip' | 'peers' | 'mempool' | 'balance'>;

const NOTHING: Seen = {
  height: 0,
  tip: '',
  peers: [],
  mempool: { transactions: 0, bytes: 0 },
  balance: { trusted: 0, pending: 0, immature: 0 },
};

/** Looks at nodes, and remembers what it saw: of a node that does not run that is all there is to tell. */
export class NodeObserver {
  private readonly lastSeen = new Map<RegtestNode, Seen>();

  async status(node: RegtestNode): Promise<NodeStatus> {
    const seen = await this.look(node);
    const { index, name, key, isRunning } = node;
    const place = isRunning ? { pid: node.daemon?.pid, rpcUrl: node.rpcUrl } : {};
    return { index, name, running: isRunning, ...seen, address: key.address, ...place, p2p: node.p2pAddress };
  }

  private async look(node: RegtestNode): Promise<Seen> {
    const former = this.lastSeen.get(node) ?? NOTHING;
    if (node.isRunning) {
      try {
        const seen = await lookAt(node);
        this.lastSeen.set(node, seen);
        return seen;
      } catch (thrown) {
        // It has ended meanwhile.
        if (node.isRunning) throw thrown;
      }
    }
    return { ...former, peers: [], mempool: NOTHING.mempool };
  }
}

async function lookAt(node: RegtestNode): Promise<Seen> {
  const { rpc } = node;
  const [chain, peers, mempool, { mine }] = await Promise.all([
    rpc.call('getblockchaininfo'),
    rpc.call('getpeerinfo'),
    rpc.call('getmempoolinfo'),
    node.wallet().call('getbalances'),
  ]);
  return {
    height: chain.blocks,
    tip: chain.bestblockhash,
    peers: peers.map(({ subver, addr }) => peerName(subver) || addr).sort(),
    mempool: { transactions: mempool.size, bytes: mempool.bytes },
    balance: { trusted: mine.trusted, pending: mine.untrusted_pending, immature: mine.immature },
  };
}
