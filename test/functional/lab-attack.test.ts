import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackEvent, type DoubleSpendOutcome, RegtestNetwork, runAttack } from '../../regtest/index.js';

let network: RegtestNetwork;

beforeAll(async () => {
  network = await RegtestNetwork.create({ nodes: 4, seed: 3 });
});

afterAll(() => network?.stop());

interface Race {
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp?: number;
  readonly seed: number;
}

async function attack(request: Race) {
  const events: AttackEvent[] = [];
  const result = await runAttack(network, request, { onEvent: event => events.push(event) });
  return { result, events };
}

function honestOutcomes(result: DoubleSpendOutcome) {
  return result.nodes.filter(({ role }) => role !== 'attacker');
}

describe('a double spend on real nodes', () => {
  it('by a majority undoes the payment on every node', async () => {
    const { result, events } = await attack({ hashrate: 0.7, confirmations: 1, seed: 1 });
    expect(result.success).toBe(true);
    expect(result.honestBlocks).toBeGreaterThanOrEqual(2);
    expect(result.attackerBlocks).toBeGreaterThan(result.honestBlocks);
    expect(honestOutcomes(result)).toHaveLength(3);
    for (const { disconnected, connected } of honestOutcomes(result)) {
      expect(disconnected).toBe(result.honestBlocks);
      expect(connected).toBe(result.attackerBlocks);
    }
    expect(new Set(result.nodes.map(({ tip }) => tip)).size).toBe(1);
    expect(result.payment).toMatchObject({ inChain: false, inMempool: false });
    expect(result.payment.confirmations).toBe(-result.attackerBlocks);
    expect(result.conflict).toMatchObject({ inChain: true, confirmations: result.attackerBlocks });
    expect(result.merchant.shipped).toBe(result.merchant.before + result.amount);
    expect(result.merchant.after).toBe(result.merchant.before);
    expect(result.attacker.after).toBeCloseTo(result.attacker.before - 0.0001, 8);
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'payment',
      'split',
      ...result.blocks.flatMap(({ confirmations = 0 }, i) =>
        confirmations >= 1 && (result.blocks[i - 1]?.confirmations ?? 0) < 1
          ? ['block', 'shipped']
          : ['block'],
      ),
      'release',
      'heal',
      'end',
    ]);
  });

  it('by a weak miner fails, and the payment stands', async () => {
    const { result } = await attack({ hashrate: 0.02, confirmations: 2, giveUp: 2, seed: 1 });
    expect(result.success).toBe(false);
    expect(result.reorgDepth).toBe(0);
    expect(result.payment).toMatchObject({ inChain: true, confirmations: result.honestBlocks });
    expect(result.conflict?.inChain ?? false).toBe(false);
    expect(result.merchant.after).toBe(result.merchant.before + result.amount);
    expect(new Set(result.nodes.map(({ tip }) => tip)).size).toBe(1);
  });

  it('goes the same way with the same seed', async () => {
    const course = async () => {
      const { result } = await attack({ hashrate: 0.5, confirmations: 1, giveUp: 3, seed: 5 });
      return result.blocks.map(({ finder, honest, attacker }) => `${finder} ${honest}:${attacker}`);
    };
    expect(await course()).toEqual(await course());
  });
});
