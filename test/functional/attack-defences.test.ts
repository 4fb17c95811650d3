import { afterEach, describe, expect, it } from 'vitest';
import { RegtestNetwork, runAttack, runAttackTrials } from '../../regtest/index.js';
import { expectTrueOutcome, expectWhole, SEEDS } from '../support/live-attack.js';

let network: RegtestNetwork;

afterEach(() => network?.stop());

async function start(maxReorg?: number): Promise<void> {
  network = await RegtestNetwork.create({ nodes: 4, mode: 'inProcess', defences: { maxReorg } });
}

describe('defences of live nodes', () => {
  it.each(SEEDS)('a reorg limit saves the merchant and splits the network for good (seed %i)', async seed => {
    await start(2);
    const request = { hashrate: 0.6, confirmations: 3, defences: { maxReorg: 2 }, seed };
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: false, outcome: 'refused', refused: 2, split: true });
    const tips = new Map(result.nodes.map(({ role, tip }) => [role, tip]));
    expect(tips.get('newcomer')).toBe(tips.get('attacker'));
    expect(tips.get('miner')).toBe(tips.get('merchant'));
    expect(tips.get('miner')).not.toBe(tips.get('attacker'));
    expect(result.payment).toMatchObject({ inChain: true, confirmations: result.honestBlocks });
    for (const { role, disconnected } of result.nodes) expect([role, disconnected]).toEqual([role, 0]);
    await expectTrueOutcome(network, result);
    const trial = await runAttackTrials(request, { trials: 1 });
    expect(trial.figures.find(({ name }) => name === 'split')?.measured).toBe(1);
  });

  it('a reorg limit does not hinder what is not that deep', async () => {
    await start(6);
    const request = { hashrate: 0.8, confirmations: 1, defences: { maxReorg: 6 } };
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: true, refused: 0 });
    await expectWhole(network, result);
  });

  it('a checkpoint saves the merchant without a split', async () => {
    await start();
    const request = { hashrate: 0.6, confirmations: 3, defences: { checkpoint: 2 } };
    const result = await runAttack(network, request);
    expect(result).toMatchObject({ success: false, outcome: 'refused' });
    expect(result.payment.inChain).toBe(true);
    await expectTrueOutcome(network, result);
    await expectWhole(network, result);
  });

  it('a merchant who watches keeps the goods, though the payment is gone', async () => {
    await start();
    const reasons: string[] = [];
    const result = await runAttack(
      network,
      { hashrate: 0.7, confirmations: 1, defences: { watch: 1 } },
      { onEvent: event => event.type === 'warned' && reasons.push(event.reason) },
    );
    expect(reasons).toEqual([expect.stringMatching(/missing/)]);
    expect(result).toMatchObject({ success: false, outcome: 'watched' });
    expect(result.payment.inChain).toBe(false);
    expect(result.merchant.shipped).toBeUndefined();
  });

  it('are the rules of the nodes: an attack that asks for others is refused', async () => {
    await start(4);
    await expect(runAttack(network, { hashrate: 0.6 })).rejects.toThrow(
      'the nodes of this network have a reorg limit of 4 blocks: the attack needs a network created without one',
    );
    await expect(runAttack(network, { kind: 'partition', defences: { maxReorg: 9 } })).rejects.toThrow(
      'created with maxReorg 9',
    );
    await expect(runAttack(network, { kind: 'selfish' })).rejects.toThrow(
      'the difficulty of this network adjusts never',
    );
  });
});
