import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabEvent } from '../../../../regtest/events/lab-event.js';
import { TransactionStory } from '../../../../regtest/events/transaction-story.js';
import { RegtestNetwork } from '../../../../regtest/network.js';

/** Events of one node, by their types, from a moment on. */
function typesOf(events: readonly LabEvent[], node: number): readonly string[] {
  return events.flatMap(event => ('node' in event && event.node === node ? [event.type] : []));
}

describe('events of a network', () => {
  let network: RegtestNetwork;

  beforeEach(async () => {
    network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
  });

  afterEach(() => network.stop());

  const watch = () => {
    const events: LabEvent[] = [];
    network.events.subscribe(event => events.push(event));
    return events;
  };

  it('tell of its start: nodes, their link, and the blocks that fund them', () => {
    const events = network.events.since(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => type === 'node')).toMatchObject([
      { node: 0, state: 'started' },
      { node: 1, state: 'started' },
    ]);
    expect(events.find(({ type }) => type === 'link')).toMatchObject({ nodes: [0, 1], connected: true });
    const found = events.flatMap(event => (event.type === 'blockFound' ? [event.height] : []));
    expect(found).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
  });

  it('follow a block from its finder to a peer', async () => {
    const all = watch();
    const [hash] = await network.node(0).mine();
    await network.waitForSync();
    // Nodes that have just been connected tell each other of the tips that they had.
    const events = all.filter(event => 'hash' in event && event.hash === hash);
    expect(typesOf(events, 0)).toEqual(['blockStored', 'blockConnected', 'tip', 'blockFound']);
    expect(typesOf(events, 1)).toEqual(['blockAnnounced', 'blockStored', 'blockConnected', 'tip']);
    const stored = events.filter(event => event.type === 'blockStored');
    expect(stored.map(({ node, from }) => [node, from])).toEqual([
      [0, undefined],
      [1, 'node0'],
    ]);
    expect(events.find(({ type }) => type === 'blockAnnounced')).toMatchObject({ from: 'node0' });
  });

  it('follow a transaction into a block, out of it in a reorganisation, and back', async () => {
    const [alice, bob] = [network.node(0), network.node(1)];
    const txid = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
    await network.waitForMempool(txid);
    await network.partition([[alice], [bob]]);
    const events = watch();
    await alice.mine(1);
    await bob.rpc.call('generateblock', bob.key.address, []);
    await bob.rpc.call('generateblock', bob.key.address, []);
    await network.heal();
    await network.waitForSync();
    await network.waitForMempool(txid, [alice]);
    const own = events.filter(event => 'node' in event && event.node === 0);
    const told = own.filter(
      ({ type }) => type.startsWith('tx') || type.endsWith('onnected') || type === 'tip',
    );
    expect(told.map(event => event.type)).toEqual([
      'blockConnected',
      'txRemoved',
      'tip',
      'blockDisconnected',
      'blockConnected',
      'blockConnected',
      'tip',
      'txAdded',
    ]);
    expect(told[0]).toMatchObject({ txids: [txid] });
    expect(told[1]).toMatchObject({ txid, reason: 'block' });
    expect(told[3]).toMatchObject({ txids: [txid] });
    expect(told[6]).toMatchObject({ forkHeight: 101 });
    expect(told[7]).toMatchObject({ txid });
  });

  it('tell the story of a payment that is replaced, confirmed, reversed and back', async () => {
    const [alice, bob] = [network.node(0), network.node(1)];
    const first = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
    await network.waitForMempool(first);
    const { txid } = await alice.wallet().request<{ readonly txid: string }>('bumpfee', first);
    await network.waitForMempool(txid);
    await network.partition([[alice], [bob]]);
    await bob.mine(1);
    await alice.rpc.call('generateblock', alice.key.address, []);
    await alice.rpc.call('generateblock', alice.key.address, []);
    await network.heal();
    await network.waitForSync();
    await network.waitForMempool(txid);

    const stories = [first, txid].map(id => {
      const story = new TransactionStory(id);
      for (const event of network.events.since(0)) story.apply(event);
      return story;
    });
    const kinds = stories.map(({ steps }) =>
      [0, 1].map(node => steps.filter(step => step.node === node).map(step => step.kind)),
    );
    expect(kinds).toEqual([
      [
        ['seen', 'replaced'],
        ['seen', 'replaced'],
      ],
      [['seen'], ['seen', 'confirmed', 'reversed', 'returned']],
    ]);
    expect(stories.map(story => story.at(1).state)).toEqual(['replaced', 'unconfirmed']);
  });

  it('tell a stop from another end', async () => {
    const events = watch();
    const node = network.node(1);
    await node.host.stop();
    await node.restart();
    await node.kill();
    await node.restart();
    await node.rpc.call('stop');
    await network.waitFor(
      async () => typesOf(events, 1).filter(type => type === 'node').length === 5,
      'its end',
    );
    const states = events.flatMap(event => (event.type === 'node' ? [event.state] : []));
    expect(states).toEqual(['stopped', 'started', 'ended', 'started', 'ended']);
  });

  it('tell nothing of blocks and peers that nobody announced, nor twice', async () => {
    await network.partition([[network.node(0)], [network.node(1)]]);
    const events = watch();
    const hashes = await network.node(0).mine(12);
    expect(typesOf(events, 1)).toEqual([]);
    await network.heal();
    await network.waitForSync();
    const announced = events.flatMap(event => (event.type === 'blockAnnounced' ? [event] : []));
    const byOne = announced.filter(({ node }) => node === 1).map(({ hash }) => hash);
    expect(new Set(byOne).size).toBe(byOne.length);
    expect([...byOne].sort()).toEqual([...hashes].sort());
  });
});
