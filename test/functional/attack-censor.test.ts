import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestNetwork, runAttack } from '../../regtest/index.js';
import {
  confirmAll,
  courseOf,
  expectTrueOutcome,
  expectWhole,
  runWatched,
  SEEDS,
} from '../support/live-attack.js';

let network: RegtestNetwork;

beforeAll(async () => {
  network = await RegtestNetwork.create({ nodes: 4, mode: 'inProcess' });
});

afterAll(() => network?.stop());

describe('censorship on live nodes', () => {
  it.each(SEEDS)(
    'by a majority lets a transaction wait, and orphans whoever takes it (seed %i)',
    async seed => {
      const result = await runAttack(network, { kind: 'censor', hashrate: 0.75, blocks: 30, seed: seed + 2 });
      expect(result.orphaned).toBeGreaterThan(0);
      expect(result.success).toBe(result.confirmedAt === undefined);
      const place = result.success ? 'mempool' : 'chain';
      for (const { role, payment } of result.nodes) if (role === 'miner') expect(payment).toBe(place);
      expect(result.outcome).toBe(result.success ? 'censored' : 'confirmed');
      await expectTrueOutcome(network, result);
      await expectWhole(network, result);
      await confirmAll(network);
    },
  );

  it('keeps the blocks against others private until they are the longer branch', async () => {
    const { result, held } = await runWatched(network, {
      kind: 'censor',
      hashrate: 0.75,
      blocks: 30,
      seed: 3,
    });
    expect(held.length).toBeGreaterThan(0);
    // Those without a rival are for all.
    expect(held.length).toBeLessThan(result.attackerBlocks);
    await confirmAll(network);
  });

  it('by one who gives up at once delays it until the next honest block', async () => {
    const result = await runAttack(network, {
      kind: 'censor',
      hashrate: 0.5,
      giveUp: 1,
      blocks: 40,
      seed: 3,
    });
    expect(result).toMatchObject({ success: false, outcome: 'confirmed', orphaned: 0, honestBlocks: 1 });
    expect(result.confirmedAt).toBe(result.blocks.at(-1)?.time);
    expect(result.confirmations).toBeGreaterThan(0);
    for (const { payment } of result.nodes) expect(payment).toBe('chain');
    await expectWhole(network, result);
  });

  it('goes the same way with the same seed', async () => {
    const request = { kind: 'censor', hashrate: 0.4, giveUp: 3, blocks: 20, seed: 6 } as const;
    const first = courseOf(await runAttack(network, request));
    await confirmAll(network);
    expect(courseOf(await runAttack(network, request))).toEqual(first);
  });
});
