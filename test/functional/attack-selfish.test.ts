import { afterEach, describe, expect, it } from 'vitest';
import { type AttackEvent, Random, RegtestNetwork, runAttack } from '../../regtest/index.js';
import { SelfishChain } from '../../regtest/trials/selfish-chain.js';
import { courseOf, expectTrueOutcome, expectWhole, runWatched, SEEDS } from '../support/live-attack.js';

const PERIOD = 32;

let network: RegtestNetwork;

afterEach(() => network?.stop());

async function start(): Promise<void> {
  network = await RegtestNetwork.create({
    nodes: 4,
    mode: 'inProcess',
    proofOfWork: { retargetBlocks: PERIOD },
  });
}

describe('selfish mining on live nodes', () => {
  it.each(SEEDS)('is what headers alone show of it, block by block (seed %i)', async seed => {
    await start();
    const rules = { hashrate: 0.42, gamma: 0.5, randomTieBreak: false, period: PERIOD };
    const result = await runAttack(network, {
      kind: 'selfish',
      hashrate: rules.hashrate,
      gamma: rules.gamma,
      period: PERIOD,
      blocks: 3 * PERIOD,
      seed,
    });
    const chain = new SelfishChain(rules, new Random(seed));
    let found = 0;
    while (found < 3 * PERIOD) found += chain.round().found;
    expect(result.blocks).toHaveLength(found);
    expect(result.nodes[0]?.height).toBe(result.forkHeight + chain.height);
    expect(result.spans.length).toBeGreaterThan(1);
    for (const [i, { attacker, time, to }] of result.spans.entries()) {
      if (to !== result.forkHeight + (i + 1) * PERIOD - 1) continue;
      const expected = chain.revenueOf(i);
      expect(attacker).toBe(expected.attacker);
      // Targets are rounded to 23 bits, here and there from different first ones.
      expect(time).toBeCloseTo(expected.time, 3);
    }
    expect(result.difficulty).toBeCloseTo(1 / chain.ease, 3);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('makes the difficulty fall, and then the attacker earns more than his share', async () => {
    await start();
    const request = { kind: 'selfish', hashrate: 0.45, gamma: 1, period: PERIOD } as const;
    const adjustments: Extract<AttackEvent, { readonly type: 'adjustment' }>[] = [];
    const onEvent = (event: AttackEvent) => {
      if (event.type === 'adjustment') adjustments.push(event);
    };
    const result = await runAttack(network, { ...request, blocks: 6 * PERIOD, seed: 4 }, { onEvent });
    expect(result.difficulty).toBeLessThan(0.8);
    expect(adjustments.length).toBeGreaterThan(2);
    for (const { height } of adjustments) expect(height % PERIOD).toBe(0);
    expect(adjustments[0]?.difficulty).toBeLessThan(1);
    expect(result.growth).toBeLessThan(0.8);
    expect(result.share).toBeGreaterThan(0.45);
    expect(result).toMatchObject({ success: true, outcome: 'profit' });
    expect(result.revenueAfter).toBeGreaterThan(result.revenueBefore);
  });

  it('keeps blocks private until they are published', async () => {
    await start();
    const request = { kind: 'selfish', hashrate: 0.42, gamma: 0.5, period: PERIOD, seed: 1 } as const;
    const { result, held } = await runWatched(network, { ...request, blocks: PERIOD });
    expect(held.length).toBeGreaterThan(0);
    // With one that wins a tie he goes out at once.
    expect(held.length).toBeLessThan(result.attackerBlocks);
  });

  it('goes the same way with the same seed, with ties broken by lot as well', async () => {
    const course = async () => {
      await using pair = await RegtestNetwork.create({
        nodes: 3,
        mode: 'inProcess',
        proofOfWork: { retargetBlocks: 16, spacingSeconds: 60 },
      });
      const defences = { randomTieBreak: true };
      const request = { kind: 'selfish', hashrate: 0.4, period: 16, blocks: 40, defences, seed: 2 } as const;
      return courseOf(await runAttack(pair, request));
    };
    expect(await course()).toEqual(await course());
  });
});
