import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestNetwork, runAttack, runAttackTrials } from '../../regtest/index.js';
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

describe('a double spend on live nodes', () => {
  it.each(SEEDS)('by a majority undoes the payment on every node (seed %i)', async seed => {
    const result = await runAttack(network, { hashrate: 0.7, confirmations: 2, seed });
    expect(result).toMatchObject({ success: true, outcome: 'double spend', depth: 3 });
    expect(result.honestBlocks).toBeGreaterThanOrEqual(3);
    for (const node of result.nodes) {
      const isAttacker = node.role === 'attacker';
      expect(node).toMatchObject({ payment: 'nowhere', conflict: 'chain' });
      expect(node.disconnected).toBe(isAttacker ? 0 : result.honestBlocks);
      expect(node.connected).toBe(isAttacker ? 0 : result.attackerBlocks);
    }
    expect(result.payment.confirmations).toBe(-result.attackerBlocks);
    expect(result.merchant.shipped).toBe(result.merchant.before + result.amount);
    expect(result.merchant.after).toBe(result.merchant.before);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('goes the same way with the same seed, as the first trial with it', async () => {
    const request = { hashrate: 0.4, confirmations: 1, giveUp: 3, seed: 5 };
    const [first, second] = [await runAttack(network, request), await runAttack(network, request)];
    expect(courseOf(second)).toEqual(courseOf(first));
    const trial = await runAttackTrials(request, { trials: 1 });
    expect(trial.figures.find(({ name }) => name === 'success')?.measured).toBe(Number(first.success));
    expect(trial.figures.find(({ name }) => name === 'blocks')?.measured ?? first.blocks.length).toBe(
      first.blocks.length,
    );
  });

  it.each(SEEDS)('wins a tie where nodes take his branch as the first (seed %i)', async seed => {
    const request = { mode: 'tie', hashrate: 0.45, confirmations: 1, giveUp: 8 } as const;
    const result = await runAttack(network, { ...request, seed: seed + 20 });
    if (result.success) expect(result.attackerBlocks).toBeGreaterThanOrEqual(result.honestBlocks);
    expect(result.outcome).toBe(result.attackerBlocks >= result.honestBlocks ? 'double spend' : 'gave up');
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('is none where nobody has found a block', async () => {
    const request = { mode: 'tie', hashrate: 0.3, confirmations: 0 } as const;
    await expect(runAttack(network, request)).rejects.toThrow('a tie without a block undoes nothing');
  });

  it('has blocks from before the payment', async () => {
    const result = await runAttack(network, {
      mode: 'pre-mined',
      preMined: 3,
      hashrate: 0.3,
      confirmations: 2,
      giveUp: 6,
      seed: 1,
    });
    expect(result.blocks.slice(0, 3).map(({ attacker, honest }) => [attacker, honest])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(result).toMatchObject({ success: true, honestBlocks: 2 });
    expect(result.payment.inChain).toBe(false);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('keeps his blocks private, those from before the payment among them, until he releases them', async () => {
    const { result, held } = await runWatched(network, {
      ...{ mode: 'pre-mined', preMined: 2, hashrate: 0.6, confirmations: 1, seed: 1 },
    });
    expect(held).toHaveLength(result.attackerBlocks);
    expect(held.length).toBeGreaterThan(2);
    await confirmAll(network);
  });

  it('costs what the time costs, and brings what was won', async () => {
    const money = { value: 500, reward: 10, blockCost: 20 };
    const result = await runAttack(network, { hashrate: 0.7, confirmations: 1, money, seed: 1 });
    const time = result.blocks.at(-1)?.time ?? 0;
    const { actual, breakEvenConfirmations } = result.money ?? {};
    expect(actual?.cost).toBeCloseTo(0.7 * time * 20, 9);
    expect(actual).toMatchObject({ rewards: result.attackerBlocks * 10, loot: 500 });
    expect(breakEvenConfirmations).toBeGreaterThan(1);
  });

  it('ends when it is told to, and leaves the network whole', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const attack = runAttack(
      network,
      { hashrate: 0.5, confirmations: 50 },
      { signal: controller.signal, onEvent: ({ type }) => type === 'block' && controller.abort(reason) },
    );
    await expect(attack).rejects.toBe(reason);
    await network.waitForSync();
    await confirmAll(network);
  });

  it('tells nothing but plain data', async () => {
    const events: unknown[] = [];
    const onEvent = (event: unknown) => events.push(event);
    const outcome = await runAttack(network, { hashrate: 0.7, confirmations: 1 }, { onEvent });
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    expect(JSON.parse(JSON.stringify(outcome))).toMatchObject({ kind: 'double-spend', success: true });
  });
});
