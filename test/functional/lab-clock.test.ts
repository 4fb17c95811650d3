import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NETWORK_MODES, RegtestNetwork, type RegtestNode, runAttack } from '../../regtest/index.js';

const DAY = 24 * 3600;
const YEAR = 365 * DAY;
const RULES = { rules: ['segwit'] };

interface Header {
  readonly time: number;
  readonly mediantime: number;
}

describe.each(NETWORK_MODES)('the clock of a network (%s)', mode => {
  let network: RegtestNetwork;
  let first: RegtestNode;
  let last: RegtestNode;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 3, topology: 'line', seed: 21, mode });
    [first, last] = [network.node(0), network.node(2)];
  });

  afterAll(() => network?.stop());

  async function mineAt(node: RegtestNode): Promise<Header> {
    const [hash] = await node.mine();
    await network.waitForSync();
    return last.rpc.request<Header>('getblockheader', hash);
  }

  /** Ids are given anew when a connection is. */
  async function peerIds(): Promise<readonly (readonly number[])[]> {
    const peers = await Promise.all(network.nodes.map(({ rpc }) => rpc.call('getpeerinfo')));
    return peers.map(ofNode => ofNode.map(({ id }) => id));
  }

  async function pay(): Promise<string> {
    const txid = await first.wallet().call('sendtoaddress', last.key.address, 0.01);
    await network.waitForMempool(txid);
    return txid;
  }

  it('is the machine’s until it is moved', () => {
    expect(network.clock.state).toMatchObject({ offset: 0, frozen: false });
  });

  it.each([DAY, YEAR])('goes %i seconds forward with blocks, payments and all connections', async seconds => {
    const before = await peerIds();
    const { time } = network.clock.state;
    const moved = await network.clock.advance(seconds);
    expect(moved.time - time).toBeGreaterThanOrEqual(seconds);
    expect(moved.time - time).toBeLessThan(seconds + 60);
    await pay();
    // The nodes look for silent peers now.
    await Promise.all(network.nodes.map(({ rpc }) => rpc.request('mockscheduler', 3600)));
    const header = await mineAt(first);
    expect(header.time).toBeGreaterThanOrEqual(moved.time);
    expect(await peerIds()).toEqual(before);
  });

  it('runs on by itself', async () => {
    const { time, frozen } = network.clock.state;
    expect(frozen).toBe(false);
    const shown = await network.waitFor(async () => {
      const { curtime } = await first.rpc.request<{ readonly curtime: number }>('getblocktemplate', RULES);
      return curtime > time && curtime;
    }, 'the next second');
    expect(shown).toBeLessThanOrEqual(network.clock.state.time);
  });

  it('stands still when frozen, while payments and blocks go on', async () => {
    await network.clock.advance(60);
    const { time } = await network.clock.freeze();
    await pay();
    for (let block = 0; block < 3; block++) expect((await mineAt(last)).time).toBe(time);
    expect((await mineAt(first)).time).toBe(time);
    expect(network.clock.state).toMatchObject({ time, frozen: true });
  });

  it('does not go back behind the chain', async () => {
    const { clock } = network;
    const tip = await first.rpc.request<Header>('getblockchaininfo');
    await expect(clock.set(tip.mediantime)).rejects.toThrow(
      `the time must be after ${tip.mediantime}, the median time past of node0's tip`,
    );
    await clock.set(Math.max(tip.mediantime + 1, tip.time - 7200), { freeze: true });
    const header = await mineAt(last);
    expect(header.time).toBeGreaterThan(tip.mediantime);
    await expect(clock.release()).rejects.toThrow(RangeError);
    expect(clock.state.frozen).toBe(true);
  });

  it('is there for a node that starts later, before it does anything', async () => {
    await network.clock.advance(YEAR);
    const { time } = await network.clock.freeze();
    await last.kill();
    await last.restart();
    await network.waitForSync();
    // No block has told it yet that the chain is not from a year ago.
    const txid = await pay();
    const header = await mineAt(last);
    expect(header.time).toBe(time);
    expect(await last.wallet().call('gettransaction', txid)).toMatchObject({ confirmations: 1 });
  });

  it('restores connections that got lost over a jump, and none that were cut', async () => {
    const [middle] = network.nodes.slice(1, 2);
    if (middle === undefined) throw new Error('there are three nodes');
    await network.disconnect(middle, last);
    for (const { id } of await first.rpc.call('getpeerinfo')) await first.rpc.call('disconnectnode', '', id);
    await network.clock.advance(DAY);
    const counts = (await peerIds()).map(({ length }) => length);
    expect(counts).toEqual([1, 1, 0]);
    await network.connect(middle, last);
  });

  it('skips nodes that do not run', async () => {
    await last.kill();
    await network.clock.advance(DAY);
    await last.restart();
    await network.waitForSync();
    expect((await mineAt(last)).time).toBe(network.clock.state.time);
  });

  it.each([0, -1, 0.5, Number.NaN, 10 * YEAR + 1])('does not advance by %s', async seconds => {
    await expect(network.clock.advance(seconds)).rejects.toThrow(RangeError);
  });

  it.each([0, 1.5, Number.POSITIVE_INFINITY, 2 ** 32])('is not set to %s', async time => {
    await expect(network.clock.set(time)).rejects.toThrow('a time is in whole seconds since 1970');
  });
});

it('a clock that is released is the machine’s again', async () => {
  await using network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
  const { clock, nodes } = network;
  await clock.set(clock.state.time + DAY, { freeze: true });
  expect(await clock.release()).toMatchObject({ offset: 0, frozen: false });
  const now = Math.floor(Date.now() / 1000);
  for (const { rpc } of nodes) {
    const [hash] = await rpc.call('generatetoaddress', 1, network.faucet.address);
    const { time } = await rpc.request<Header>('getblockheader', hash);
    expect(time).toBeGreaterThanOrEqual(now);
    expect(time).toBeLessThan(now + 60);
    await network.waitForSync();
  }
});

describe('the clock of a network whose difficulty follows its blocks', () => {
  const PERIOD = 16;
  const SPACING = 60;
  let network: RegtestNetwork;

  beforeEach(async () => {
    const proofOfWork = { retargetBlocks: PERIOD, spacingSeconds: SPACING };
    network = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess', proofOfWork });
  });

  afterEach(() => network?.stop());

  const timesOfNodes = () =>
    Promise.all(network.nodes.map(async ({ rpc }) => (await rpc.call('getblocktemplate', RULES)).curtime));

  async function targetAt({ rpc }: RegtestNode): Promise<number> {
    const { target } = await rpc.call('getblocktemplate', RULES);
    return Number.parseInt(target, 16);
  }

  async function expectOneTime(time: number): Promise<void> {
    expect(network.clock.state.time).toBe(time);
    expect(network.pace?.time).toBe(time);
    expect(await timesOfNodes()).toEqual(network.nodes.map(() => time));
  }

  it('is the same as its pace, whichever of them is moved', async () => {
    const { time, frozen } = network.clock.state;
    expect(frozen).toBe(true);
    await expectOneTime(time);
    await network.clock.advance(DAY);
    await expectOneTime(time + DAY);
    await network.pace?.next();
    await expectOneTime(time + DAY + SPACING);
    await network.pace?.moveTo(time);
    await expectOneTime(time + DAY + SPACING);
  });

  it('goes on by the spacing with each block that the lab makes, so that the difficulty stays', async () => {
    const { time } = network.clock.state;
    const before = await targetAt(network.node(0));
    await network.node(0).mine(2 * PERIOD);
    await network.waitForSync();
    await network.fund(network.node(1), 1);
    await expectOneTime(time + (2 * PERIOD + 1) * SPACING);
    await network.waitForSync();
    const counts = await Promise.all(
      network.nodes.map(async ({ rpc }) => (await rpc.call('getpeerinfo')).length),
    );
    expect(counts).toEqual([2, 2, 2]);
    // From the first block of a period to its last there is one spacing less than there are blocks.
    const drift = ((PERIOD - 1) / PERIOD) ** 2;
    expect((await targetAt(network.node(0))) / before).toBeCloseTo(drift, 3);
  });

  it('is there again after a restart, and after a revert', async () => {
    const { time } = network.clock.state;
    const snapshot = await network.snapshot();
    await network.node(2).mine(3);
    await network.node(1).restart();
    await expectOneTime(time + 3 * SPACING);
    await network.revert(snapshot);
    await expectOneTime(time);
    await network.node(0).mine();
    await network.waitForSync();
    await expectOneTime(time + SPACING);
  });

  it('is the time of the branch of a reorganisation', async () => {
    await network.node(0).mine(3);
    await network.waitForSync();
    const { added } = await network.reorg({ depth: 2 });
    await network.waitForSync();
    const tip = await network.node(1).rpc.request<Header>('getblockheader', added.at(-1));
    expect(tip.time).toBe(network.clock.state.time);
  });

  it('may run by itself: blocks have the time at which they are found, and an attack goes on from there', async () => {
    await network.clock.release();
    const now = Math.floor(Date.now() / 1000);
    const [hash] = await network.node(0).mine(1);
    await network.waitForSync();
    const { time } = await network.node(1).rpc.request<Header>('getblockheader', hash);
    expect(time).toBeGreaterThanOrEqual(now);
    expect(network.clock.state).toMatchObject({ frozen: false, offset: 0 });
    const request = { kind: 'selfish', hashrate: 0.4, period: PERIOD, blocks: PERIOD, seed: 2 } as const;
    const { nodes } = await runAttack(network, request);
    expect(new Set(nodes.map(({ tip }) => tip)).size).toBe(1);
    expect(network.clock.state.frozen).toBe(true);
    expect(network.clock.state.time).toBeGreaterThan(now + PERIOD * SPACING * 0.5);
  });
});
