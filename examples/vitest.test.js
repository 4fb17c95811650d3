import { RegtestNetwork } from 'blocksmith/regtest';
import { afterAll, afterEach, expect, it } from 'vitest';

const network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
const fresh = await network.snapshot();
afterEach(() => network.revert(fresh));
afterAll(() => network.stop());

it('a payment is reversed by a reorganisation of three blocks', async () => {
  const [alice, bob] = network.nodes;
  const txid = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
  await network.waitForMempool(txid);
  await bob.mine(3);
  await network.waitForSync();
  const { removed, reversed } = await network.reorg({ depth: 3 });
  expect([removed.length, reversed]).toEqual([3, [txid]]);
});

it('begins where the first one began', async () =>
  expect(await network.node(1).rpc.call('getblockcount')).toBe(101));
