import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../../../../regtest/events/event-log.js';
import { LabBlocks } from '../../../../regtest/events/lab-view.js';
import { RegtestNetwork } from '../../../../regtest/network.js';

describe('the blocks of a lab for its page', () => {
  let network: RegtestNetwork;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
    const [alice, bob] = network.nodes;
    if (alice === undefined || bob === undefined) throw new Error('two nodes were asked for');
    await network.partition([[alice], [bob]]);
    await alice.mine(1);
    await bob.mine(2);
    await network.heal();
    await network.waitForSync();
    await alice.mine(1);
    await network.waitForSync();
  });

  afterAll(() => network.stop());

  it('are the same by events as from the nodes, but for who found them', async () => {
    const fromNodes = await LabBlocks.follow(network.nodes, new EventLog());
    const fromEvents = await LabBlocks.follow(network.nodes, network.events);
    const withoutFinders = (await fromEvents.page()).map(({ finder, ...rest }) => rest);
    const sorted = <T extends { readonly hash: string }>(blocks: readonly T[]) =>
      [...blocks].sort((a, b) => (a.hash < b.hash ? -1 : 1));
    expect(sorted(await fromNodes.page())).toEqual(sorted(withoutFinders));
    const page = await fromEvents.page();
    expect(page).toHaveLength(106);
    expect(page.filter(({ height }) => height === 102)).toHaveLength(2);
    expect(page.find(({ height }) => height === 103)).toMatchObject({ finder: 1, seenBy: [0, 1] });
    expect(page.filter(({ seenBy }) => seenBy.length === 1)).toMatchObject([{ height: 102, finder: 0 }]);
  });

  it('are read from the nodes again after a revert', async () => {
    const log = new EventLog();
    const blocks = await LabBlocks.follow(network.nodes, log);
    const before = await blocks.page();
    log.emit({ type: 'revert', name: 'x' });
    expect(await blocks.page()).toEqual(before);
    blocks.close();
  });

  it('are paged down to genesis', async () => {
    const blocks = await LabBlocks.follow(network.nodes, network.events);
    const page = await blocks.page(50);
    expect(page.map(({ height }) => height)).toEqual(Array.from({ length: 50 }, (_, height) => height));
    expect(await blocks.page(0)).toEqual([]);
  });
});
