import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestNetwork, runAttack, runAttackTrials } from '../../regtest/index.js';
import { courseOf, expectTrueOutcome, expectWhole, runWatched, SEEDS } from '../support/live-attack.js';

let network: RegtestNetwork;

beforeAll(async () => {
  network = await RegtestNetwork.create({ nodes: 4, mode: 'inProcess' });
});

afterAll(() => network?.stop());

describe('the eclipse of a merchant on live nodes', () => {
  it.each(SEEDS)('takes his goods, and his node comes back to the others (seed %i)', async seed => {
    const request = { kind: 'eclipse', hashrate: 0.6, confirmations: 2, patience: 40, seed } as const;
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: true, outcome: 'goods lost', attackerBlocks: 2, reorgDepth: 2 });
    expect(result.honestBlocks).toBeGreaterThan(2);
    for (const node of result.nodes) expect(node).toMatchObject({ payment: 'nowhere', conflict: 'chain' });
    expect(result.payment.confirmations).toBeLessThan(0);
    expect(result.merchant.shipped).toBe(result.merchant.before + result.amount);
    expect(result.merchant.after).toBe(result.merchant.before);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
    const trial = await runAttackTrials(request, { trials: 1 });
    expect(trial.rate).toBe(1);
  });

  it('shows its blocks to the merchant alone', async () => {
    const request = { kind: 'eclipse', hashrate: 0.6, confirmations: 2, patience: 40, seed: 1 } as const;
    const { result, held } = await runWatched(network, request);
    expect(held).toHaveLength(result.attackerBlocks);
    expect(held).toHaveLength(2);
  });

  it('ends when the merchant has waited long enough', async () => {
    const request = { kind: 'eclipse', hashrate: 0.01, confirmations: 3, patience: 4 } as const;
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: false, outcome: 'called off' });
    expect(result.merchant.shipped).toBeUndefined();
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('fails when he is warned', async () => {
    const request = { kind: 'eclipse', hashrate: 0.9, confirmations: 2, defences: { watch: 1 } } as const;
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: false, outcome: 'watched' });
    expect(result.merchant.shipped).toBeUndefined();
    await expectWhole(network, result);
  });

  it('goes the same way with the same seed', async () => {
    const request = { kind: 'eclipse', hashrate: 0.5, confirmations: 1, seed: 9 } as const;
    const course = async () => courseOf(await runAttack(network, request));
    expect(await course()).toEqual(await course());
  });
});

describe('on a line', () => {
  it('the attacker connects to a merchant who is not his neighbour, and leaves him afterwards', async () => {
    await using line = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess', topology: 'line' });
    const result = await runAttack(line, { kind: 'eclipse', hashrate: 0.9, confirmations: 1 });
    expect(result.success).toBe(true);
    const peers = await Promise.all(
      line.nodes.map(async ({ rpc }) => (await rpc.call('getpeerinfo')).length),
    );
    expect(peers).toEqual([1, 2, 1]);
  });
});
