import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK_MODES, RegtestNetwork, type RegtestNode } from '../../regtest/index.js';

describe.each(NETWORK_MODES)('a network that mines by itself (%s)', mode => {
  let network: RegtestNetwork;
  let first: RegtestNode;
  let last: RegtestNode;
  const warnings: string[] = [];

  beforeAll(async () => {
    const onWarning = (message: string) => void warnings.push(message);
    network = await RegtestNetwork.create({ nodes: 3, topology: 'line', seed: 41, mode, onWarning });
    [first, last] = [network.node(0), network.node(2)];
  });

  afterEach(() => network.mining.set({ kind: 'off' }));
  afterAll(() => network?.stop());

  const height = () => first.rpc.call('getblockcount');

  /** Two nodes may have found a block at the same time, the last time too: a branch with one more ends that. */
  async function agree(): Promise<void> {
    await network.reorg({ depth: 1, keepTransactions: true });
    await network.waitForSync();
  }

  /** The nodes that the rewards of the blocks above a height went to. */
  async function findersAbove(start: number): Promise<readonly string[]> {
    await network.mining.set({ kind: 'off' });
    await agree();
    const finders: string[] = [];
    for (let at = start + 1; at <= (await height()); at++) {
      const block = await first.rpc.request<Block>('getblock', await first.rpc.call('getblockhash', at), 2);
      const address = block.tx[0]?.vout[0]?.scriptPubKey.address;
      // The lab's own branch pays the faucet.
      if (address === network.faucet.address) continue;
      finders.push(network.nodes.find(({ key }) => key.address === address)?.name ?? 'nobody');
    }
    return finders;
  }

  it('does so only when it is told to', () => {
    expect(network.mining.plan).toEqual({ kind: 'off' });
  });

  it('puts each transaction into a block', async () => {
    await network.mining.set({ kind: 'transaction' });
    for (const sender of [first, last]) {
      const txid = await sender.wallet().call('sendtoaddress', network.faucet.address, 0.01);
      await network.waitFor(
        async () => (await sender.wallet().call('gettransaction', txid)).confirmations === 1,
        'the payment to be in a block',
      );
      await network.waitForSync();
    }
  });

  it('puts transactions of removed blocks into new ones', async () => {
    const txid = await first.wallet().call('sendtoaddress', network.faucet.address, 0.01);
    await network.waitForMempool(txid);
    await first.mine(1, network.faucet.address);
    await network.waitForSync();
    await network.mining.set({ kind: 'transaction' });
    const start = await height();
    const { reversed } = await network.reorg({ depth: 1 });
    expect(reversed).toEqual([txid]);
    await network.waitFor(
      async () => (await first.wallet().call('gettransaction', txid)).confirmations > 0,
      'the payment to be in a block again',
    );
    await network.waitForSync();
    // The branch has one block more than it took out; the payment is worth one block, not one of each node.
    expect(await height()).toBe(start + 2);
  });

  it('finds blocks at intervals, in proportion to shares', async () => {
    const start = await height();
    await network.mining.set({ kind: 'interval', seconds: 0.1, shares: [0, 0, 1] });
    const since = performance.now();
    await network.waitFor(async () => (await height()) >= start + 5, 'five blocks');
    expect(performance.now() - since).toBeGreaterThan(400);
    expect(new Set(await findersAbove(start))).toEqual(new Set(['node2']));
  });

  it('finds blocks by the clocks of its nodes', async () => {
    const start = await height();
    const finders = new Set<number>();
    const ignore = network.events.subscribe(event => {
      if (event.type === 'blockFound') finders.add(event.node);
    });
    await network.mining.set({ kind: 'clocks', meanSeconds: 0.05, shares: [1, 1, 0], seed: 2 });
    await network.waitFor(async () => finders.size > 1 && (await height()) >= start + 8, 'blocks of both');
    ignore();
    expect([...finders].sort()).toEqual([0, 1]);
    // On a busy machine they may have found them at the same heights: those of one are in the chain then.
    const inChain = await findersAbove(start);
    expect(inChain.length).toBeGreaterThan(0);
    expect(inChain.filter(name => !['node0', 'node1'].includes(name))).toEqual([]);
  });

  it('does real work', async () => {
    const start = await height();
    await network.mining.set({ kind: 'work', shares: [0, 1, 1] });
    await network.waitFor(async () => (await height()) >= start + 4, 'four blocks');
    const finders = await findersAbove(start);
    expect(finders).not.toContain('node0');
    expect(finders).not.toContain('nobody');
  });

  it('goes on without a node that was killed, and tells of nothing else', async () => {
    await network.mining.set({ kind: 'interval', seconds: 0.05 });
    await last.kill();
    const start = await height();
    await network.waitFor(async () => (await height()) >= start + 5, 'five blocks by the others');
    await last.restart();
    await network.mining.set({ kind: 'off' });
    await agree();
    // The kill may have hit a block in the making.
    expect(warnings.length).toBeLessThanOrEqual(1);
    for (const warning of warnings) expect(warning).toMatch(/^node2 does not mine: /);
  });

  it('keeps its plan when asked for one that makes no sense', async () => {
    await network.mining.set({ kind: 'interval', seconds: 60 });
    await expect(network.mining.set({ kind: 'interval', seconds: 0 })).rejects.toThrow(RangeError);
    expect(network.mining.plan).toEqual({ kind: 'interval', seconds: 60 });
  });
});

interface Block {
  readonly tx: readonly {
    readonly vout: readonly { readonly scriptPubKey: { readonly address?: string } }[];
  }[];
}

it('a network that is stopped while it mines leaves nothing behind', async () => {
  for (const kind of ['work', 'transaction'] as const) {
    const network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
    await network.mining.set({ kind });
    await network.stop();
    await expect(network.mining.set({ kind })).rejects.toThrow('closed');
  }
});
