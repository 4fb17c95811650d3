import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessNode } from '../../../regtest/in-process.js';
import { LinkTable } from '../../../regtest/links/link-table.js';
import { MemoryNetwork } from '../../../regtest/links/memory-network.js';
import { RpcCallError, RpcUnreachable } from '../../../regtest/rpc/caller.js';
import { waitFor } from '../../../regtest/wait.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const PORTS = [1000, 1001] as const;

describe('nodes in one process', () => {
  let links: LinkTable;
  let a: InProcessNode;
  let b: InProcessNode;

  beforeEach(async () => {
    links = new LinkTable(1);
    const network = new MemoryNetwork(links);
    const make = (index: 0 | 1) =>
      new InProcessNode({ name: `node${index}`, p2pPort: PORTS[index], sockets: network.socketsOf(index) });
    a = make(0);
    b = make(1);
    await a.start();
    await b.start();
  });

  afterEach(async () => {
    await a.stop();
    await b.stop();
  });

  const tip = (node: InProcessNode) => node.rpc.call('getbestblockhash');
  const connect = () => b.rpc.call('addnode', `127.0.0.1:${PORTS[0]}`, 'onetry');
  const sameTip = () =>
    waitFor(async () => (await tip(a)) === (await tip(b)), { what: 'both to have the same tip' });

  it('sync over a network in memory', async () => {
    await a.rpc.call('generatetoaddress', 5, ADDRESS);
    await connect();
    await sameTip();
    expect(await b.rpc.call('getblockcount')).toBe(5);
  });

  it('keep chain, wallets and mempool over a stop and a start', async () => {
    await a.rpc.request('createwallet', 'w');
    const address = await a.rpc.wallet('w').request<string>('getnewaddress');
    await a.rpc.call('generatetoaddress', 101, address);
    const txid = await a.rpc.wallet('w').request<string>('sendtoaddress', ADDRESS, 1);
    const before = await tip(a);
    await a.stop();
    await expect(a.rpc.call('getblockcount')).rejects.toThrow(RpcUnreachable);
    await a.start();
    expect(await tip(a)).toBe(before);
    await a.rpc.request('loadwallet', 'w');
    await waitFor(async () => (await a.rpc.call('getrawmempool')).includes(txid), { what: 'the payment' });
    expect(await a.rpc.wallet('w').request('gettransaction', txid)).toMatchObject({ confirmations: 0 });
  });

  it('keep the mempool of the last run when they end before it was taken in', async () => {
    await a.rpc.request('createwallet', 'w');
    const address = await a.rpc.wallet('w').request<string>('getnewaddress');
    await a.rpc.call('generatetoaddress', 101, address);
    const txid = await a.rpc.wallet('w').request<string>('sendtoaddress', ADDRESS, 1);
    await a.stop();
    for (let round = 0; round < 3; round++) {
      await a.start();
      await a.stop();
    }
    await a.start();
    await waitFor(async () => (await a.rpc.call('getrawmempool')).includes(txid), { what: 'the payment' });
  });

  it('end calls that wait when they end themselves', async () => {
    const waiting = a.rpc.request('waitforblockheight', 1000);
    await a.stop();
    expect(await waiting).toMatchObject({ height: 0 });
  });

  it('lose in a crash what was not written, and come up again', async () => {
    await a.rpc.call('generatetoaddress', 3, ADDRESS);
    await a.kill();
    await a.start();
    expect(await a.rpc.call('getblockcount')).toBeLessThanOrEqual(3);
    await a.rpc.call('generatetoaddress', 1, ADDRESS);
  });

  it('go back to a state that was saved, as often as wanted', async () => {
    await a.rpc.call('generatetoaddress', 3, ADDRESS);
    const state = await a.save();
    const before = await tip(a);
    for (let round = 0; round < 3; round++) {
      await a.rpc.call('generatetoaddress', 1 + round, ADDRESS);
      expect(await tip(a)).not.toBe(before);
      await a.stop();
      await a.restore(state);
      await a.start();
      expect(await tip(a)).toBe(before);
    }
  });

  it('serve RPC over HTTP where they did before', async () => {
    const served = new InProcessNode({
      name: 'served',
      p2pPort: 1002,
      sockets: new MemoryNetwork(links).socketsOf(2),
      serveRpc: true,
    });
    await served.start();
    const { rpcPort } = served;
    expect(rpcPort).toBeGreaterThan(0);
    await served.stop();
    await served.start();
    expect(served.rpcPort).toBe(rpcPort);
    await served.stop();
    await using taken = createServer().listen(rpcPort, '127.0.0.1');
    await once(taken, 'listening');
    await served.start();
    expect(served.rpcPort).not.toBe(rpcPort);
    await served.stop();
  });

  it('refuse calls as daemons do, and end by RPC', async () => {
    await expect(a.rpc.request('getblockhash', 99)).rejects.toThrow(RpcCallError);
    await a.rpc.request('stop');
    await a.exited;
    expect(a.isRunning).toBe(false);
  });
});
