import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  parseConfirmations,
  parseGiveUp,
  parseNodes,
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
  ])('%s %s takes %s', (_name, parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    ['hash rate', parseShare, ['0', '1', '1.5', '-0.1', '30%', '', 'half', '0.3.1', 'NaN', 'Infinity']],
    ['confirmations', parseConfirmations, ['-1', '1.5', '', 'six', '1001', '0x6']],
    ['deficit', parseGiveUp, ['0', '-3']],
    ['nodes', parseNodes, ['0', '33', 'many']],
    ['seed', parseSeed, ['-1', '9007199254740992', 'dice']],
    ['trials', parseTrials, ['0', '1e3']],
    ['topology', parseTopology, ['star', '', 'LINE']],
  ])('%s refuses what lies outside its range', (_name, parse, texts) => {
    for (const text of texts) expect(() => parse(text)).toThrow(InvalidArgumentError);
  });
});

describe("help of the lab's commands", () => {
  const commands = labProgram().commands;

  it('has all commands', () => {
    expect(commands.map(command => command.name())).toEqual(['up', 'demo', 'attack']);
  });

  it('explains every option', () => {
    for (const command of commands) {
      expect(command.description()).not.toBe('');
      for (const option of command.options) expect(option.description).not.toBe('');
    }
  });
});
