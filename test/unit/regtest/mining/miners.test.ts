import { describe, expect, it } from 'vitest';
import { Miners } from '../../../../regtest/mining/miners.js';
import { mineOnTransactions } from '../../../../regtest/mining/on-transactions.js';
import { RegtestNetwork } from '../../../../regtest/network.js';

describe('miners in the background', () => {
  it('tell of a node that fails once, and again after it has mined', async () => {
    await using network = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess', fund: false });
    const told: string[] = [];
    const miners = new Miners({
      nodes: network.nodes,
      exclusively: job => job(),
      sideOf: node => [node],
      onTrouble: message => told.push(message),
    });
    const fail = () => miners.attempt(0, () => Promise.reject(new Error('no coal left')));
    await fail();
    await fail();
    expect(told).toEqual(['node0 does not mine: no coal left']);
    await miners.mine(0);
    expect(await network.node(0).rpc.call('getblockcount')).toBe(1);
    await fail();
    expect(told).toHaveLength(2);
    await network.node(0).kill();
    await miners.mine(0);
    await miners.mine(1);
    expect(told).toHaveLength(2);
  });

  it('make no block for a transaction that is in one by then, or was told of before', async () => {
    await using network = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess' });
    const node = network.node(0);
    const miners = new Miners({
      nodes: network.nodes,
      exclusively: job => job(),
      sideOf: node => [node],
      onTrouble: message => expect.fail(message),
    });
    const height = () => node.rpc.call('getblockcount');
    const ending = new AbortController();
    let tell = (_node: number, _txid: string): void => {};
    const done = mineOnTransactions(
      miners,
      {
        subscribe: listener => {
          tell = listener;
          return () => {};
        },
      },
      ending.signal,
    );
    const txids = [];
    for (const amount of [0.1, 0.2]) {
      txids.push(await node.wallet().call('sendtoaddress', network.faucet.address, amount));
    }
    for (const txid of [...txids, ...txids]) tell(0, txid);
    await network.waitFor(async () => (await height()) > 101, 'a block');
    const last = await node.wallet().call('sendtoaddress', network.faucet.address, 0.3);
    tell(0, last);
    await network.waitFor(async () => (await height()) > 102, 'another block');
    ending.abort();
    await done;
    expect(await height()).toBe(103);
    const { tx } = await node.rpc.call('getblock', await node.rpc.call('getblockhash', 102));
    expect(tx).toHaveLength(3);
  });
});
