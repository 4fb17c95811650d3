import { RegtestNetwork } from 'blocksmith/regtest';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

let network, fresh;
beforeAll(async () => {
  network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
  fresh = await network.snapshot();
});
afterEach(() => network.revert(fresh));
afterAll(() => network.stop());

it('a payment is confirmed, and reversed by a reorganisation of three blocks', async () => {
  const [alice, bob] = network.nodes;
  const txid = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
  await network.waitForMempool(txid);
  await bob.mine(3);
  await network.waitForSync();
  expect((await bob.wallet().call('gettransaction', txid)).confirmations).toBe(3);
  const { removed, reversed } = await network.reorg({ depth: 3 });
  expect(removed).toHaveLength(3);
  expect(reversed).toEqual([txid]);
  expect(await alice.rpc.call('getrawmempool')).toEqual([txid]);
});

it('begins where the first one began', async () => {
  expect(await network.node(1).rpc.call('getblockcount')).toBe(101);
  expect(await network.node(1).rpc.call('getrawmempool')).toEqual([]);
});
