import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NetworkSplit, RegtestNetwork, runAttack, runAttackTrials } from '../../regtest/index.js';
import { expectTrueOutcome, expectWhole, SEEDS } from '../support/live-attack.js';

let network: RegtestNetwork;

/** The attacker finds three blocks, and falls behind all the same. */
const SEED_GIVE_UP = 10;

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

describe('a network that a reorg limit has split for good', () => {
  const tips = () => Promise.all(network.nodes.map(({ rpc }) => rpc.call('getbestblockhash')));

  beforeEach(async () => {
    await start(2);
    const { outcome } = await runAttack(network, {
      ...{ hashrate: 0.6, confirmations: 3, defences: { maxReorg: 2 }, seed: 1 },
    });
    expect(outcome).toBe('refused');
  });

  const request = { defences: { maxReorg: 2 }, seed: 2 } as const;

  it.each<[string, () => Promise<unknown>]>([
    ['a double spend', () => runAttack(network, request)],
    ['a partition', () => runAttack(network, { ...request, kind: 'partition' })],
    ['a reorganisation', () => network.reorg({ depth: 1 })],
    ['the faucet', () => network.fund(network.node(0), 1)],
    ['whoever waits for the nodes to agree', () => network.waitForSync()],
  ])('refuses %s at once, and tells who is on which chain', async (_what, act) => {
    const before = await tips();
    const { lastSeq } = network.events;
    const startedAt = performance.now();
    const refusal = await act().catch((thrown: unknown) => thrown);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(refusal).toBeInstanceOf(NetworkSplit);
    if (!(refusal instanceof NetworkSplit)) return;
    const [honest, others] = refusal.camps;
    expect(honest).toMatchObject({ nodes: ['node0', 'node1'], tip: before[0] });
    expect(others).toMatchObject({
      nodes: ['node2', 'node3'],
      tip: before[2],
      refusedBy: ['node0', 'node1'],
    });
    expect(refusal.message).toBe(
      `the network is split: node0, node1 are at ${before[0]} (height ${honest?.height}); node2, node3 are at ${before[2]} (height ${others?.height}); node0, node1 refuse the chain with most work`,
    );
    expect(await tips()).toEqual(before);
    expect(network.events.since(lastSeq).filter(({ type }) => type === 'blockFound')).toEqual([]);
  });
});

describe('a reorg limit', () => {
  it('leaves an attacker who has given up alone with a branch that his node does not undo', async () => {
    await start(1);
    const refused: number[] = [];
    const request = {
      hashrate: 0.45,
      confirmations: 3,
      giveUp: 2,
      defences: { maxReorg: 1 },
      seed: SEED_GIVE_UP,
    };
    const result = await runAttack(network, request, {
      onEvent: event => event.type === 'refused' && refused.push(event.node),
    });
    expect(result).toMatchObject({ success: false, outcome: 'gave up', split: true });
    expect(result.attackerBlocks).toBeGreaterThan(1);
    expect(refused).toEqual([3]);
    await expectTrueOutcome(network, result);
  });

  it('is told to whoever asks for a deeper reorganisation, before anything is mined', async () => {
    await start(2);
    const { lastSeq } = network.events;
    await expect(network.reorg({ depth: 3 })).rejects.toThrow(
      'the nodes of this network refuse to undo more than 2 blocks (maxReorg): a reorganisation of 3 would end there',
    );
    expect(network.events.since(lastSeq)).toEqual([]);
    const { added } = await network.reorg({ depth: 2 });
    expect(await network.waitForSync()).toBe(added.at(-1));
  });

  it('belongs to attacks that reckon with it', async () => {
    await start(6);
    for (const kind of ['eclipse', 'censor'] as const) {
      await expect(runAttack(network, { kind })).rejects.toThrow(
        'the attack needs a network created without one',
      );
    }
  });
});

describe('a network that was cut in two', () => {
  it('refuses an attack at once when its sides have grown apart', async () => {
    await start();
    const [first, second, ...others] = network.nodes;
    if (first === undefined || second === undefined) throw new Error('there are four nodes');
    await network.partition([[first, second]]);
    await first.mine();
    await network.waitForSync([first, second]);
    const refusal = await runAttack(network, { seed: 1 }).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(NetworkSplit);
    expect(String(refusal)).toMatch(/node2, node3 are cut off from node0$/);
    await network.heal();
    await network.waitForSync();
    expect(others).toHaveLength(2);
  });
});
