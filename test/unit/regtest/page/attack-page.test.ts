import { describe, expect, it } from 'vitest';
import { ATTACK_KINDS } from '../../../../regtest/attack-kinds.js';
import type { AttackEvent, FoundBlock } from '../../../../regtest/attacks/attack-event.js';
import { planAttack } from '../../../../regtest/attacks/attack-plan.js';
import { contradiction } from '../../../../regtest/attacks/attack-request.js';
import { runAttackTrials } from '../../../../regtest/attacks/attack-trials.js';
import { layoutRace } from '../../../../regtest/page/layout/race-layout.js';
import { attackStory } from '../../../../regtest/page/state/attack-story.js';
import {
  fieldsOf,
  inPercent,
  presetValues,
  requestOf,
} from '../../../../regtest/page/views/attack/attack-fields.js';
import { merchantSteps } from '../../../../regtest/page/views/attack/merchant-steps.js';
import { sweepOf } from '../../../../regtest/page/views/attack/sweep.js';
import { feerateBins } from '../../../../regtest/page/views/mempool/feerate-bins.js';
import { PRESETS } from '../../../../regtest/presets.js';

describe('the form of an attack', () => {
  it('makes a request that the lab takes, of every preset', () => {
    for (const [name, preset] of Object.entries(PRESETS)) {
      const request = requestOf(preset.kind, presetValues(name), 'live');
      expect(contradiction(request, 'live')).toBeUndefined();
      const { seed: _, ...plan } = planAttack(request, 'live');
      const { seed: __, ...wanted } = planAttack({ preset: name }, 'live');
      expect(plan).toEqual(wanted);
    }
  });

  it('leaves out what trials have no use for', () => {
    const values = { hashrate: '30', blocks: '40', value: '7', seed: '5' };
    expect(requestOf('selfish', values, 'trials')).toEqual({ kind: 'selfish', hashrate: 0.3, seed: 5 });
    expect(requestOf('selfish', values, 'live')).toMatchObject({ blocks: 40 });
  });

  it('has fields for every kind', () => {
    for (const kind of ATTACK_KINDS) expect(fieldsOf(kind).map(({ name }) => name)).toContain('hashrate');
  });

  it('writes shares in per cent without rounding errors', () => {
    expect([0.55, 0.3, 0.07].map(inPercent)).toEqual(['55', '30', '7']);
  });
});

describe('a sweep', () => {
  it.each(ATTACK_KINDS)('has at its own place the theory that trials are held to: %s', async kind => {
    const request = { kind, hashrate: 0.3 };
    const sweep = sweepOf(request);
    const { theory } = await runAttackTrials(request, { trials: 1 });
    expect(sweep.points).toContain(sweep.own);
    expect(sweep.theoryAt(sweep.own)).toBeCloseTo(theory, 10);
  });
});

const block = (honest: number, attacker: number, node: number): FoundBlock => ({
  finder: `node${node}`,
  node,
  isPrivate: node === 2,
  hash: `${honest} ${attacker}`,
  height: 100 + Math.max(honest, attacker),
  time: honest + attacker,
  honest,
  attacker,
  confirmations: honest,
  chance: 0.5,
});

/** A double spend against one confirmation. */
const RACE: readonly AttackEvent[] = [
  {
    type: 'start',
    plan: planAttack({ hashrate: 0.4, confirmations: 1 }, 'live'),
    roles: [
      { node: 0, name: 'node0', role: 'merchant' },
      { node: 1, name: 'node1', role: 'miner' },
      { node: 2, name: 'node2', role: 'attacker' },
    ],
    theory: 0.58,
  },
  { type: 'payment', txid: 'payment', conflictTxid: 'conflict', amount: 4 },
  { type: 'split', forkHeight: 100, groups: [[0, 1], [2]] },
  { type: 'block', ...block(1, 0, 1) },
  { type: 'shipped', confirmations: 1 },
  { type: 'block', ...block(1, 1, 2) },
  { type: 'block', ...block(1, 2, 2) },
  { type: 'release', honest: 1, attacker: 2 },
  { type: 'end', success: true, outcome: 'double spend' },
];

describe('the story of an attack', () => {
  it('begins with what the lab tells first', () => {
    expect(attackStory([])).toBeUndefined();
    expect(attackStory(RACE.slice(1))).toBeUndefined();
  });

  it('puts each side in its row, by its place in the branch', () => {
    const story = attackStory(RACE);
    expect(story && layoutRace(story).map(({ row, column, isLost }) => [row, column, isLost])).toEqual([
      ['honest', 1, true],
      ['attacker', 1, false],
      ['attacker', 2, false],
    ]);
  });

  it('goes for the merchant from the payment to the loss', () => {
    const statesAfter = (events: number) => {
      const story = attackStory(RACE.slice(0, events));
      return story && merchantSteps(story).map(({ state }) => state);
    };
    expect(statesAfter(1)).toEqual(['open', 'open', 'open', 'open', 'open']);
    expect(statesAfter(2)).toEqual(['done', 'open', 'open', 'open', 'open']);
    expect(statesAfter(5)).toEqual(['done', 'done', 'done', 'open', 'open']);
    expect(statesAfter(RACE.length)).toEqual(['done', 'done', 'done', 'bad', 'bad']);
  });
});

describe('feerates', () => {
  it('are counted by virtual bytes from the lowest to the highest that is there', () => {
    const bins = feerateBins([
      { rate: 1, vsize: 100 },
      { rate: 1.4, vsize: 150 },
      { rate: 3, vsize: 200 },
    ]);
    expect(bins.map(({ low, high, vbytes, transactions }) => [low, high, vbytes, transactions])).toEqual([
      [1, 1.5, 250, 2],
      [1.5, 2, 0, 0],
      [2, 3, 0, 0],
      [3, 4, 200, 1],
    ]);
    expect(feerateBins([])).toEqual([]);
  });
});
