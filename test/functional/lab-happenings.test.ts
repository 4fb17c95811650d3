import { expect, it } from 'vitest';
import { type LabEvent, RegtestNetwork } from '../../regtest/index.js';

it('what the lab does to its network is told with the events of the nodes', async () => {
  await using network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess' });
  const { events, clock, mining } = network;
  const told = async <T extends LabEvent['type']>(type: T, act: () => Promise<unknown>) => {
    const { lastSeq } = events;
    await act();
    return events.since(lastSeq).flatMap(event => (event.type === type ? [event] : []));
  };

  const state = await clock.freeze();
  expect(await told('clock', () => clock.advance(3600))).toMatchObject([
    { clock: { time: state.time + 3600, frozen: true } },
  ]);
  expect(await told('mining', () => mining.set({ kind: 'work' }))).toMatchObject([
    { plan: { kind: 'work' } },
  ]);
  await network.waitFor(async () => (await network.node(0).rpc.call('getblockcount')) > 101, 'a block');
  await mining.set({ kind: 'off' });
  expect(events.since(0).some(event => event.type === 'blockFound' && event.height === 102)).toBe(true);

  let added: readonly string[] = [];
  const found = await told('blockFound', async () => {
    ({ added } = await network.reorg({ depth: 2 }));
  });
  expect(found.map(event => 'hash' in event && event.hash)).toEqual(added);
  const paid = await told('blockFound', () => network.fund(network.node(1), 1));
  expect(paid.at(-1)).toMatchObject({ node: 1, isPrivate: false });
});
