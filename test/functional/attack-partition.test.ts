import { afterEach, describe, expect, it } from 'vitest';
import { type PartitionOutcome, RegtestNetwork, runAttack, runAttackTrials } from '../../regtest/index.js';
import { courseOf, expectTrueOutcome, expectWhole, runWatched, SEEDS } from '../support/live-attack.js';

let network: RegtestNetwork;

afterEach(() => network?.stop());

/** Every transaction is where it belongs once one side has won. */
function expectFates({ transactions, nodes, outcome: winner }: PartitionOutcome): void {
  expect(transactions).toHaveLength(4);
  for (const { side, conflicting, places } of transactions) {
    const wanted = nodes.map(({ role }) => {
      if (side === winner) return 'chain';
      if (conflicting) return 'nowhere';
      // Nodes of the winning side have never heard of it, and mempools are not handed over.
      return role === winner ? 'nowhere' : 'mempool';
    });
    expect([side, conflicting, places]).toEqual([side, conflicting, wanted]);
  }
}

describe('a partition of live nodes', () => {
  it.each(SEEDS)('heals to the side with more work (seed %i)', async seed => {
    network = await RegtestNetwork.create({ nodes: 4, mode: 'inProcess' });
    const request = { kind: 'partition', hashrate: 0.5, duration: 12, seed } as const;
    const result = await runAttack(network, request);
    const longer = result.attackerBlocks > result.honestBlocks ? 'first side' : 'second side';
    expect(result.outcome).toBe(longer);
    expect(result.reorgDepth).toBe(Math.min(result.attackerBlocks, result.honestBlocks));
    expectFates(result);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
    const trial = await runAttackTrials(request, { trials: 1 });
    expect(trial.rate).toBe(Number(result.success));
  });

  it('holds no block back', async () => {
    network = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess' });
    const request = { kind: 'partition', hashrate: 0.4, duration: 6, seed: 1 } as const;
    expect((await runWatched(network, request)).held).toEqual([]);
  });

  it('goes the same way with the same seed', async () => {
    const course = async () => {
      await using pair = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess' });
      return courseOf(await runAttack(pair, { kind: 'partition', duration: 6, seed: 8 }));
    };
    expect(await course()).toEqual(await course());
  });

  it('never heals where nodes refuse to undo so much', async () => {
    network = await RegtestNetwork.create({ nodes: 4, mode: 'inProcess', defences: { maxReorg: 3 } });
    const request = { kind: 'partition', blocks: 5, hashrate: 0.5, defences: { maxReorg: 3 } } as const;
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ split: true, reorgDepth: 0 });
    expect(new Set(result.nodes.map(({ tip }) => tip)).size).toBe(2);
    await expectTrueOutcome(network, result);
  });

  it('heals after 30 blocks on each side over links that are slow and lose packets', async () => {
    network = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess' });
    for (const a of network.nodes)
      for (const b of network.nodes)
        if (a.index < b.index) await network.link(a, b).set({ latencyMs: 200, loss: 0.05 });
    const result = await runAttack(network, { kind: 'partition', blocks: 30, hashrate: 0.5, seed: 1 });
    expect(Math.min(result.attackerBlocks, result.honestBlocks)).toBeGreaterThanOrEqual(30);
    expect(result.reorgDepth).toBe(Math.min(result.attackerBlocks, result.honestBlocks));
    expectFates(result);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  }, 120_000);
});
