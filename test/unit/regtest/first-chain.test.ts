import { describe, expect, it } from 'vitest';
import { BlockTree } from '../../../regtest/events/block-tree.js';
import { START_HEIGHT } from '../../../regtest/funding.js';
import { RegtestNetwork } from '../../../regtest/network.js';

describe('the chain that a network begins with', () => {
  it('is the same on all nodes, and told of as if it had grown there', async () => {
    await using network = await RegtestNetwork.create({ mode: 'inProcess', nodes: 2, accounts: 3 });
    const tips = await Promise.all(network.nodes.map(({ rpc }) => rpc.call('getbestblockhash')));
    expect(new Set(tips).size).toBe(1);
    for (const node of network.nodes) {
      const { mine } = await node.wallet().call('getbalances');
      expect(mine).toEqual({ trusted: 16, untrusted_pending: 0, immature: 0 });
    }
    const events = network.events.since(0);
    const last = events.findLast(event => event.type === 'tip' && event.node === 1);
    expect(last).toMatchObject({ hash: tips[0], height: START_HEIGHT, forkHeight: START_HEIGHT - 1 });
    const tree = new BlockTree();
    for (const event of events) tree.apply(event);
    const blocks = tree.page();
    expect(blocks.map(({ height }) => height)).toEqual(Array.from({ length: START_HEIGHT }, (_, i) => i + 1));
    for (const block of blocks) expect(block).toMatchObject({ finder: 0, seenBy: [0, 1], isPrivate: false });
  });

  it('is made by nodes with options of their own themselves', async () => {
    await using network = await RegtestNetwork.create({
      mode: 'inProcess',
      nodes: 2,
      // Its rules could not be kept by a node without the option.
      args: ['-testactivationheight=segwit@50'],
    });
    const { rpc } = network.node(1);
    expect(await rpc.call('getblockcount')).toBe(START_HEIGHT);
    const { deployments } = await rpc.request<{ deployments: { segwit: { height: number } } }>(
      'getdeploymentinfo',
    );
    expect(deployments.segwit.height).toBe(50);
  });
});
