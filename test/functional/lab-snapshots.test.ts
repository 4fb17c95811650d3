import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateOf } from '../../bench/network-state.js';
import { RegtestNetwork } from '../../regtest/network.js';

/**
 * Without the times at which transactions came in: at its start a daemon may send those of its wallets anew before it has
 * read its mempool, as Core may.
 */
async function timelessState(network: RegtestNetwork): Promise<string> {
  return (await stateOf(network)).replace(/("[0-9a-f]{64}",\s+)\d{10},/g, '$1');
}

describe('a network of daemons', () => {
  let folder: string;
  let network: RegtestNetwork;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-snapshots-'));
    network = await RegtestNetwork.create({ nodes: 2, datadir: join(folder, 'nodes') });
  });

  afterAll(async () => {
    await network.stop();
    expect(await readdir(join(folder, 'nodes'))).toEqual(['node0', 'node1']);
    await rm(folder, { recursive: true });
  });

  it('goes back to a snapshot, twice, and its chain can be reorganised then', async () => {
    const [a, b] = [network.node(0), network.node(1)];
    await a.rpc.request('createwallet', 'savings');
    const txid = await a.wallet().call('sendtoaddress', b.key.address, 1);
    await network.waitForMempool(txid);
    const ports = network.nodes.map(({ host }) => [host.p2pPort, host.rpcPort]);
    const before = await timelessState(network);
    const snapshot = await network.snapshot();
    expect(await timelessState(network)).toBe(before);
    for (let round = 0; round < 2; round++) {
      await b.mine(3);
      await network.waitForSync();
      await network.revert(snapshot);
      expect(await timelessState(network)).toBe(before);
    }
    expect(network.nodes.map(({ host }) => [host.p2pPort, host.rpcPort])).toEqual(ports);
    expect(a.logTail()).not.toBe('');
    await network.partition([[a], [b]]);
    const [lost = ''] = await a.mine(1);
    await b.mine(2);
    await network.heal();
    await network.waitForSync();
    expect(await a.rpc.call('getblockheader', lost)).toMatchObject({ confirmations: -1 });
    await network.drop(snapshot);
    expect(await readdir(join(folder, 'nodes', 'lab-snapshots'))).toEqual([]);
  });

  it('is dumped and goes on in one process, and comes back as daemons', async () => {
    const before = await timelessState(network);
    const file = join(folder, 'daemons.dump');
    await network.dump(file);
    const back = join(folder, 'in-process.dump');
    {
      await using inProcess = await RegtestNetwork.create({ mode: 'inProcess', from: file });
      expect(await timelessState(inProcess)).toBe(before);
      await inProcess.node(0).mine(2);
      await inProcess.waitForSync();
      await inProcess.node(1).host.stop();
      await inProcess.dump(back);
    }
    const loaded = await network.load(back);
    await network.revert(loaded);
    const [a, b] = [network.node(0), network.node(1)];
    expect(b.isRunning).toBe(false);
    await b.restart();
    expect(await network.waitForSync()).toBe(loaded.tips[0]?.hash);
    expect(await a.rpc.request('verifychain', 4, 0)).toBe(true);
    expect(await a.rpc.call('listwallets')).toEqual(['lab', 'savings']);
    expect(existsSync(join(folder, 'nodes', 'node0', 'regtest', 'debug.log'))).toBe(true);
  });
});
