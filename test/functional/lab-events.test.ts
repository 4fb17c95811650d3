import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabEvent } from '../../regtest/events/lab-event.js';
import { RegtestNetwork } from '../../regtest/network.js';

describe('events of daemons', () => {
  let network: RegtestNetwork;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 2 });
  });

  afterAll(() => network.stop());

  /** Waits for an event after `seq`, which the pipe of a daemon may bring later than an answer of RPC. */
  const eventAfter = (seq: number, fits: (event: LabEvent) => boolean, what: string) =>
    network.waitFor(async () => network.events.since(seq).find(fits), what);

  const ofNode = (node: number, seq: number) =>
    network.events.since(seq).filter(event => 'node' in event && event.node === node);

  it('come in the order in which they happen, through a payment and a reorganisation', async () => {
    const [alice, bob] = [network.node(0), network.node(1)];
    const txid = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
    await network.waitForMempool(txid);
    await network.partition([[alice], [bob]]);
    const seq = network.events.lastSeq;
    const [lost] = await alice.mine(1);
    const won = [
      await bob.rpc.call('generateblock', bob.key.address, []),
      await bob.rpc.call('generateblock', bob.key.address, []),
    ].map(({ hash }) => hash);
    await network.heal();
    await network.waitForSync();
    await eventAfter(seq, event => event.type === 'txAdded' && event.node === 0, 'the payment to return');

    const moves = ofNode(0, seq).flatMap((event): (readonly unknown[])[] => {
      switch (event.type) {
        case 'blockConnected':
        case 'blockDisconnected':
          return [[event.type, event.hash, event.txids]];
        case 'tip':
          return [[event.type, event.hash, event.forkHeight]];
        case 'txAdded':
          return [[event.type, event.txid]];
        default:
          return [];
      }
    });
    expect(moves).toEqual([
      ['blockConnected', lost, [txid]],
      ['tip', lost, 101],
      ['blockDisconnected', lost, [txid]],
      ['blockConnected', won[0], []],
      ['blockConnected', won[1], []],
      ['tip', won[1], 101],
      ['txAdded', txid],
    ]);
    const stored = ofNode(0, seq).flatMap(event => (event.type === 'blockStored' ? [event] : []));
    expect(stored.map(({ hash, from }) => [hash, from])).toEqual([
      [lost, undefined],
      [won[0], 'node1'],
      [won[1], 'node1'],
    ]);
    const links = network.events
      .since(seq)
      .flatMap(event => (event.type === 'link' ? [event.connected] : []));
    expect(links).toEqual([true]);
    expect(ofNode(1, seq).filter(({ type }) => type === 'blockDisconnected')).toEqual([]);
  });

  it('tell that a daemon was killed from outside, after all that it did', async () => {
    const seq = network.events.lastSeq;
    const { daemon } = network.node(1);
    process.kill(daemon?.pid ?? Number.NaN, 'SIGKILL');
    await eventAfter(seq, event => event.type === 'node' && event.node === 1, 'the end of the daemon');
    expect(ofNode(1, seq).at(-1)).toMatchObject({ type: 'node', state: 'ended' });
    await network.node(1).restart();
    const states = ofNode(1, seq).flatMap(event => (event.type === 'node' ? [event.state] : []));
    expect(states).toEqual(['ended', 'started']);
  });
});
