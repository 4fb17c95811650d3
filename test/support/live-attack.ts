import { expect } from 'vitest';
import { attackEvent } from '../../regtest/events/parse-attack-event.js';
import {
  type AttackEvent,
  type AttackOutcome,
  type AttackRequest,
  BlockTree,
  type RegtestNetwork,
  runAttack,
} from '../../regtest/index.js';

/** Seeds that every kind of attack is run with. */
export const SEEDS = [1, 2, 3] as const;

/** What an outcome says of each node is what the node itself says. */
export async function expectTrueOutcome(network: RegtestNetwork, { nodes }: AttackOutcome): Promise<void> {
  expect(nodes.map(({ node }) => node)).toEqual(network.nodes.map(({ index }) => index));
  for (const { node, tip, height, balance } of nodes) {
    const { rpc } = network.node(node);
    expect(await rpc.call('getbestblockhash')).toBe(tip);
    expect(await rpc.call('getblockcount')).toBe(height);
    const { mine } = await network.node(node).wallet().call('getbalances');
    expect(mine.trusted).toBe(balance.after);
  }
}

/** All nodes have one tip, and all connections of a mesh. */
export async function expectWhole(network: RegtestNetwork, { nodes, split }: AttackOutcome): Promise<void> {
  expect(split).toBe(false);
  expect(new Set(nodes.map(({ tip }) => tip)).size).toBe(1);
  const peers = await Promise.all(
    network.nodes.map(async ({ rpc }) => (await rpc.call('getpeerinfo')).length),
  );
  expect(peers).toEqual(network.nodes.map(() => network.nodes.length - 1));
}

/** What lay in mempools is confirmed, so that every node has a coin to spend again. */
export async function confirmAll(network: RegtestNetwork): Promise<void> {
  for (const node of network.nodes) {
    await node.mine(1, network.faucet.address);
    await network.waitForSync();
  }
}

/** Who found which block, in short: the same for the same seed. */
export function courseOf({ blocks }: AttackOutcome): string[] {
  return blocks.map(({ finder, honest, attacker, time }) => `${time} ${finder} ${honest}:${attacker}`);
}

/**
 * Runs an attack, and sees that each block is told of once as what it is: one that is held back is private for whoever
 * follows the lab's events, until the others have it.
 *
 * @returns the attack's outcome, and the blocks of the attacker that were private when he had found them
 */
export async function runWatched(
  network: RegtestNetwork,
  request: AttackRequest,
): Promise<{ readonly result: AttackOutcome; readonly held: readonly string[] }> {
  const { lastSeq } = network.events;
  const tree = new BlockTree();
  const unsubscribe = network.events.subscribe(event => tree.apply(event));
  const sighting = (wanted: string) => tree.page().find(({ hash }) => hash === wanted);
  const held: string[] = [];
  const onEvent = (event: AttackEvent) => {
    // As a recording or another process gives it back.
    expect(attackEvent(JSON.parse(JSON.stringify(event)), 'event')).toEqual(event);
    if (event.type !== 'block') return;
    expect(sighting(event.hash)).toMatchObject({ finder: event.node, isPrivate: event.isPrivate });
    if (event.isPrivate) held.push(event.hash);
  };
  const result = await runAttack(network, request, { onEvent });
  unsubscribe();
  const told = network.events.since(lastSeq).flatMap(event => (event.type === 'blockFound' ? [event] : []));
  for (const { hash, isPrivate } of result.blocks)
    expect(told.filter(event => event.hash === hash)).toMatchObject([{ isPrivate }]);
  const first = network.node(0).rpc;
  for (const hash of held) {
    const isReleased = await first.call('getblockheader', hash).then(
      ({ confirmations }) => confirmations > 0,
      () => false,
    );
    if (isReleased) expect(sighting(hash)).toMatchObject({ isPrivate: false });
  }
  return { result, held };
}
