import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { contradiction } from '../../../regtest/index.js';
import { type AttackCommandOptions, flag, requestOf } from '../../../src/cli/lab/attack-options.js';
import {
  parseChance,
  parseConfirmations,
  parseDuration,
  parseExpect,
  parseGiveUp,
  parseHashPower,
  parseKind,
  parseMode,
  parseMoney,
  parseNodes,
  parsePreset,
  parseRelay,
  parseSeed,
  parseShare,
  parseTopology,
  parseTrials,
} from '../../../src/cli/lab/options.js';
import { labProgram } from '../../../src/cli/lab/program.js';

describe("options of the lab's commands", () => {
  it.each([
    ['hash rate', parseShare, '0.3', 0.3],
    ['hash rate', parseShare, '.45', 0.45],
    ['hash rate', parseShare, '1e-3', 0.001],
    ['confirmations', parseConfirmations, '0', 0],
    ['confirmations', parseConfirmations, '6', 6],
    ['deficit', parseGiveUp, '1', 1],
    ['nodes', parseNodes, '32', 32],
    ['seed', parseSeed, '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['trials', parseTrials, '20000', 20_000],
    ['topology', parseTopology, 'ring', 'ring'],
    ['kind', parseKind, 'censor', 'censor'],
    ['mode', parseMode, 'tie', 'tie'],
    ['preset', parsePreset, 'etc-2020', 'etc-2020'],
    ['relay', parseRelay, 'announce', 'announce'],
    ['chance', parseChance, '0', 0],
    ['duration', parseDuration, '0.5', 0.5],
    ['money', parseMoney, '0', 0],
  ])('%s %s takes %s', (_name, parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it('hash power is a law or shares of pools, expectations are gathered', () => {
    expect([parseHashPower('zipf'), parseHashPower('0.3,0.2')]).toEqual(['zipf', [0.3, 0.2]]);
    const both = parseExpect('reorg>=3', parseExpect('rate<0.2'));
    expect(both.map(({ metric }) => metric)).toEqual(['rate', 'reorg']);
  });

  it.each([
    ['hash rate', parseShare, ['0', '1', '1.5', '-0.1', '30%', '', 'half', '0.3.1', 'NaN', 'Infinity']],
    ['confirmations', parseConfirmations, ['-1', '1.5', '', 'six', '5001', '0x6']],
    ['deficit', parseGiveUp, ['0', '-3']],
    ['nodes', parseNodes, ['0', '33', 'many']],
    ['seed', parseSeed, ['-1', '9007199254740992', 'dice']],
    ['trials', parseTrials, ['0', '1e3']],
    ['topology', parseTopology, ['star', '', 'LINE']],
    ['kind', parseKind, ['bribery', '', 'Selfish']],
    ['mode', parseMode, ['lazy', '']],
    ['preset', parsePreset, ['mt-gox', '', 'toString']],
    ['relay', parseRelay, ['pigeon']],
    ['chance', parseChance, ['1.1', '-1', 'maybe']],
    ['duration', parseDuration, ['0', '1e9', '-1', 'Infinity']],
    ['money', parseMoney, ['-5', '1e99', 'all']],
    ['hash power', parseHashPower, ['', '0.3,', '0.3,2', 'normal', '0.3;0.2']],
    ['expectation', parseExpect, ['', 'much luck', 'rate']],
  ])('%s refuses what lies outside its range', (_name, parse, texts) => {
    for (const text of texts) expect(() => parse(text)).toThrow(InvalidArgumentError);
  });
});

describe('options of an attack taken together', () => {
  function wrong(typed: Partial<AttackCommandOptions>): string | undefined {
    const { trials } = typed;
    return contradiction(requestOf({ nodes: 4, ...typed }), trials === undefined ? 'live' : 'trials', flag);
  }

  it('make sense', () => {
    expect(wrong({})).toBeUndefined();
    expect(wrong({ confirmations: 3, giveUp: 4 })).toBeUndefined();
    expect(wrong({ trials: 9, mode: 'pre-mined', preMined: 2, maxReorg: 4 })).toBeUndefined();
    expect(wrong({ trials: 9, kind: 'selfish', hashrate: 0.4, gamma: 0.5 })).toBeUndefined();
    expect(wrong({ trials: 9, kind: 'partition', hashrate: 0.6, duration: 4, maxReorg: 4 })).toBeUndefined();
    expect(wrong({ trials: 9, kind: 'eclipse', confirmations: 4, patience: 10, watch: 0.5 })).toBeUndefined();
    expect(wrong({ trials: 9, kind: 'censor', giveUp: 4 })).toBeUndefined();
    expect(wrong({ kind: 'selfish', hashrate: 0.4, blocks: 100 })).toBeUndefined();
    expect(wrong({ preset: 'etc-2020', live: true })).toBeUndefined();
  });

  it.each<[Partial<AttackCommandOptions>, string]>([
    [{ trials: 9, kind: 'partition', gamma: 0.5 }, '--gamma belongs to selfish, not to partition'],
    [
      { trials: 9, kind: 'censor', confirmations: 3 },
      '--confirmations belongs to double-spend and eclipse, not to censor',
    ],
    [{ trials: 9, kind: 'censor', blocks: 3 }, '--blocks is for live attacks, not for trials'],
    [{ blocks: 5 }, '--blocks belongs to selfish and censor and partition, not to double-spend'],
    [{ trials: 9, preMined: 2 }, '--pre-mined needs --mode pre-mined'],
    [
      { kind: 'partition', duration: 9, blocks: 9 },
      'a partition ends by --duration or by --blocks, not by both',
    ],
    [{ kind: 'selfish', preset: 'etc-2020' }, 'etc-2020 is a double-spend, not a selfish'],
    [
      { trials: 9, kind: 'selfish', gamma: 1, randomTieBreak: true, hashrate: 0.3 },
      '--gamma is one half with --random-tie-break',
    ],
    [
      { trials: 9, kind: 'selfish', hashrate: 0.5 },
      'selfish mining is for less than half of the hash rate: with more, nobody else ever gets a block in',
    ],
  ])('%o do not', (typed, message) => {
    expect(wrong(typed)).toBe(message);
  });
});

describe("help of the lab's commands", () => {
  const commands = labProgram().commands;

  it('has all commands', () => {
    expect(commands.map(command => command.name())).toEqual(['up', 'demo', 'attack', 'simulate']);
  });

  it('explains every option', () => {
    for (const command of commands) {
      expect(command.description()).not.toBe('');
      for (const option of command.options) expect(option.description).not.toBe('');
    }
  });
});
