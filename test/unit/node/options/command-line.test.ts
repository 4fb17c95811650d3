import { describe, expect, it } from 'vitest';
import { parseCommandLine, refuseIncludeConf } from '../../../../src/node/options/command-line.js';
import { Settings } from '../../../../src/node/options/settings.js';
import { DAEMON_OPTIONS } from '../../../../src/node/options/table.js';

function parse(...args: string[]) {
  const settings = new Settings(DAEMON_OPTIONS);
  return { settings, words: parseCommandLine(args, settings) };
}

describe('a command line', () => {
  it('has options with one dash or two, with or without a value', () => {
    const { settings } = parse('-regtest', '--dbcache=5', '-uacomment=a=b');
    expect([...settings.commandLine]).toEqual([
      ['regtest', ['']],
      ['dbcache', ['5']],
      ['uacomment', ['a=b']],
    ]);
  });

  it('ends with the first word; what follows are words, options or not', () => {
    const { settings, words } = parse('-regtest', 'getblock', '-dbcache=5', 'x');
    expect(words).toEqual(['getblock', '-dbcache=5', 'x']);
    expect(settings.isSet('dbcache')).toBe(false);
    expect(parse('').words).toEqual(['']);
    expect(parse('-regtest').words).toEqual([]);
  });

  it('takes nothing in behind a lone dash', () => {
    expect(parse('-').words).toEqual([]);
    expect(parse('-', '-regtest').words).toEqual([]);
    expect(parse('-', '-regtest').settings.isSet('regtest')).toBe(false);
    expect(parse('-', '-x', 'stop').words).toEqual(['stop']);
  });

  it.each([
    '-dash_cli=1',
    '-nodash_cli',
    '---regtest',
    '-regtest.port=5',
    '-main.server',
    '-no',
    '-=5',
    '-Regtest',
  ])('with %s is refused', arg => {
    expect(() => parse(arg)).toThrow(`Invalid parameter ${arg}`);
  });

  it('is refused without a value where there must be one', () => {
    expect(() => parse('-proxy')).toThrow(
      'Can not set -proxy with no value. Please specify value with -proxy=value.',
    );
    expect(parse('-noproxy').settings.isNegated('proxy')).toBe(true);
  });

  it('may say that nothing is to be included, but not what', () => {
    const refuse = (...args: string[]) => refuseIncludeConf(parse(...args).settings);
    refuse();
    refuse('-noincludeconf');
    refuse('-includeconf=a', '-noincludeconf');
    const text = '-includeconf cannot be used from commandline; -includeconf=';
    expect(() => refuse('-includeconf=a', '-includeconf=b')).toThrow(`${text}"a"`);
    expect(() => refuse('-includeconf=a', '-noincludeconf', '-includeconf=b')).toThrow(`${text}"b"`);
    expect(() => refuse('-noincludeconf=0')).toThrow(`${text}true`);
  });
});
