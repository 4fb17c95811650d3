import { describe, expect, it } from 'vitest';
import { type AttackRequest, parseAttackRequest, planAttack } from '../../../regtest/index.js';

describe('an attack that is asked for from outside', () => {
  it.each<AttackRequest>([
    {},
    { preset: 'monero-2025', seed: 0 },
    { kind: 'double-spend', mode: 'pre-mined', preMined: 2, defences: { maxReorg: 3, watch: 0.5 } },
    { money: { value: 5 }, giveUp: 4 },
    { kind: 'selfish', gamma: 0, period: 16, blocks: 20, defences: {} },
    { kind: 'partition', blocks: 30 },
  ])('%o makes sense', request => {
    expect(parseAttackRequest(request, 'live')).toEqual(request);
  });

  it.each<[unknown, string]>([
    [undefined, 'an attack is an object'],
    [[], 'an attack is an object'],
    [{ luck: 1 }, 'an attack has no "luck"'],
    [{ toString: 1 }, 'an attack has no "toString"'],
    [{ maxReorg: 3 }, 'an attack has no "maxReorg"'],
    [{ defences: 3 }, 'defences is an object'],
    [{ defences: { value: 3 } }, 'defences has no "value"'],
    [{ money: { gold: 3 } }, 'money has no "gold"'],
    [{ kind: 'bribery' }, 'kind is one of double-spend, selfish, eclipse, censor, partition'],
    [{ preset: 'constructor' }, 'preset is one of bitcoin-gold-2020'],
    [{ hashrate: '0.3' }, 'hashrate is a share of the hash rate'],
    [{ hashrate: Number.NaN }, 'hashrate is a share of the hash rate'],
    [{ confirmations: 1.5 }, 'confirmations is a whole number from 0 to 5000'],
    [{ seed: -1 }, 'seed is a whole number'],
    [{ kind: 'selfish', defences: { randomTieBreak: 1 } }, 'randomTieBreak is true or false'],
    [{ kind: 'eclipse', patience: 0 }, 'patience is a number above 0'],
    [{ money: { value: -1 } }, 'value is a number from 0'],
    [{ defences: { watch: 2 } }, 'watch is a number from 0 to 1'],
    [{ gamma: 0.5 }, 'gamma belongs to selfish, not to double-spend'],
    [{ kind: 'censor', defences: { maxReorg: 3 } }, 'maxReorg belongs to double-spend and partition'],
  ])('%o does not', (request, message) => {
    expect(() => parseAttackRequest(request, 'live')).toThrow(RangeError);
    expect(() => parseAttackRequest(request, 'live')).toThrow(message);
  });
});

describe('the plan of an attack', () => {
  it('is filled in by what is usual', () => {
    expect(planAttack({}, 'live')).toMatchObject({
      kind: 'double-spend',
      seed: 1,
      rules: { hashrate: 0.6, confirmations: 6, depth: 7 },
    });
    expect(planAttack({ kind: 'eclipse', confirmations: 2 }, 'live').rules).toEqual({
      hashrate: 0.3,
      confirmations: 2,
      patience: 6,
      watch: 0,
    });
  });

  it('is filled in by a preset, and what is given goes before that', () => {
    const plan = planAttack({ preset: 'bitcoin-gold-2020', confirmations: 4, money: { value: 1 } }, 'live');
    expect(plan).toMatchObject({
      rules: { hashrate: 0.55, confirmations: 4 },
      money: { value: 1, reward: 125, blockCost: 131 },
    });
  });

  it("has short periods on nodes, and mainnet's on headers", () => {
    expect(planAttack({ kind: 'selfish' }, 'live').rules).toMatchObject({ period: 32 });
    expect(planAttack({ kind: 'selfish' }, 'trials').rules).toMatchObject({ period: 2016 });
  });

  it('takes a block to cost what it earns unless told', () => {
    expect(planAttack({ money: { reward: 7 } }, 'live')).toMatchObject({
      money: { value: 0, reward: 7, blockCost: 7 },
    });
  });
});
