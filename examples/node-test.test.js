import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { RegtestNetwork } from 'blocksmith/regtest';

let network, fresh;
before(async () => {
  network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
  fresh = await network.snapshot();
});
afterEach(() => network.revert(fresh));
after(() => network.stop());

test('the heavier side of a partition wins', async () => {
  const [alice, bob] = network.nodes;
  await network.partition([[alice], [bob]]);
  await alice.mine(1);
  const [, hash] = await bob.mine(2);
  await network.heal();
  assert.equal(await network.waitForSync(), hash);
});

test('each test begins at the same height', async () => {
  assert.equal(await network.node(0).rpc.call('getblockcount'), 101);
});
