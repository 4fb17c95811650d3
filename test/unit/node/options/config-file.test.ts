import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../../src/node/options/command-line.js';
import { parseConfigText, readConfigFiles } from '../../../../src/node/options/config-file.js';
import { Settings } from '../../../../src/node/options/settings.js';
import { DAEMON_OPTIONS } from '../../../../src/node/options/table.js';
import { settingsOf, temporaryDir } from '../../../support/node-settings.js';

const lines = (text: string) => parseConfigText(text).lines.map(({ name, value }) => `${name}=${value}`);

describe('a configuration text', () => {
  it('is lines of name and value, with comments, white space and sections', () => {
    const text =
      '# all\n\nport = 5 # five\r\n\t server=1\t\nrpcauth=a=b=c\nempty=\n[regtest]\nport=6\nmain.port=7\n';
    expect(lines(text)).toEqual([
      'port=5',
      'server=1',
      'rpcauth=a=b=c',
      'empty=',
      'regtest.port=6',
      'regtest.main.port=7',
    ]);
  });

  it('keeps white space that is none to Core', () => {
    expect(lines('walletdir=\u00a0x\u00a0\n')).toEqual(['walletdir=\u00a0x\u00a0']);
  });

  it.each([
    [
      '-dash=1',
      'parse error on line 1: -dash=1, options in configuration file must be specified without leading -',
    ],
    ['nono', 'parse error on line 1: nono, if you intended to specify a negated option, use nono=1 instead'],
    ['\nserver', 'parse error on line 2: server'],
    [
      'server=1\nrpcuser=u\nrpcpassword=some#pass',
      'parse error on line 3, using # in rpcpassword can be ambiguous and should be avoided',
    ],
    [
      'main.rpcpassword=some#pass',
      'parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided',
    ],
    [
      '[main]\nrpcpassword=some#pass',
      'parse error on line 2, using # in rpcpassword can be ambiguous and should be avoided',
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseConfigText(text)).toThrow(message);
  });

  it('names the sections in it', () => {
    const text = 'testnot.datadir=1\n[testnet]\nport=1\n\n[regtest]\n';
    const named = settingsOf([], text);
    expect(named.sections).toEqual([
      { name: 'testnot', line: 1, file: 'bitcoin.conf' },
      { name: 'testnet', line: 2, file: 'bitcoin.conf' },
      { name: 'regtest', line: 5, file: 'bitcoin.conf' },
    ]);
    expect(named.unrecognizedSections().map(section => section.name)).toEqual(['testnot', 'testnet']);
  });

  it('puts values into their sections, negated or not', () => {
    const settings = settingsOf([], 'noserver=1\nregtest.nolisten=1\n[regtest]\nport=5\n');
    expect(settings.bool('server', true)).toBe(false);
    expect(settings.bool('listen', true)).toBe(false);
    expect(settings.int('port', 0)).toBe(5);
  });

  it('may have unknown names, which are remarked upon, but no conf=', () => {
    expect(settingsOf([], 'dash_conf=1\n[main]\nfoo=1\n').remarks).toEqual([
      'Ignoring unknown configuration value dash_conf',
      'Ignoring unknown configuration value main.foo',
    ]);
    expect(settingsOf([], 'reindex=1\n').remarks[0]).toMatch(
      /^Warning: reindex=1 is set in the configuration file, which will significantly slow down startup\. /,
    );
    const text = /^conf cannot be set in the configuration file; use includeconf= if/;
    expect(() => settingsOf([], 'conf=x\n')).toThrow(text);
    expect(() => settingsOf([], 'noconf=1\n')).toThrow(text);
    expect(() => settingsOf([], '[main]\nconf=1\n')).toThrow(text);
  });
});

describe('configuration files', () => {
  const dir = temporaryDir();

  function read(...args: string[]) {
    const settings = new Settings(DAEMON_OPTIONS);
    parseCommandLine(args, settings);
    return { settings, ...readConfigFiles(settings, dir.path()) };
  }

  it('need not be there, unless one is named', () => {
    expect(read().path).toBe(join(dir.path(), 'bitcoin.conf'));
    expect(() => read('-conf=other.conf')).toThrow(
      `specified config file "${join(dir.path(), 'other.conf')}" could not be opened.`,
    );
  });

  it('lie in the data directory, or where the command line says', () => {
    dir.write('bitcoin.conf', 'dbcache=5\n');
    const other = dir.write('other.conf', 'dbcache=6\n');
    expect(read().settings.int('dbcache', 0)).toBe(5);
    expect(read('-conf=other.conf').settings.int('dbcache', 0)).toBe(6);
    expect(read(`-conf=${other}`).path).toBe(other);
    expect(read('-noconf').settings.int('dbcache', 0)).toBe(0);
  });

  it('include others: those of the network’s section first', () => {
    dir.write('a.conf', 'uacomment=a\n');
    dir.write('b.conf', 'uacomment=b\n');
    const conf =
      'regtest=1\nincludeconf=a.conf\n[regtest]\nincludeconf=b.conf\n[main]\nincludeconf=missing.conf\n';
    dir.write('bitcoin.conf', conf);
    const { settings, warnings } = read();
    expect(settings.list('uacomment')).toEqual(['b', 'a']);
    expect(warnings).toEqual(['Included configuration file b.conf', 'Included configuration file a.conf']);
  });

  it('include nothing when the command line says so', () => {
    dir.write('bitcoin.conf', 'includeconf=missing.conf\n');
    expect(() => read()).toThrow('Failed to include configuration file missing.conf');
    read('-noincludeconf');
  });

  it('take back what they include', () => {
    dir.write('bitcoin.conf', 'includeconf=missing.conf\nnoincludeconf=1\nincludeconf=a.conf\n');
    dir.write('a.conf', 'dbcache=7\n');
    expect(read().settings.int('dbcache', 0)).toBe(7);
  });

  it('do not include further from what they include, and say so', () => {
    dir.write('bitcoin.conf', 'regtest=1\nincludeconf=a.conf\n');
    dir.write('a.conf', 'includeconf=b.conf\n[regtest]\nincludeconf=c.conf\n');
    const ignored = (name: string) =>
      `warning: -includeconf cannot be used from included files; ignoring -includeconf=${name}`;
    const { warnings, settings } = read();
    expect(warnings).toEqual(['Included configuration file a.conf', ignored('c.conf'), ignored('b.conf')]);
    expect(settings.notices).toEqual([ignored('c.conf'), ignored('b.conf')]);
  });

  it('leave contradictions about the network to whoever needs it', () => {
    dir.write('bitcoin.conf', 'includeconf=missing.conf\n');
    expect(() => read('-regtest', '-signet').settings.chain()).toThrow(/^Invalid combination/);
    dir.write('bitcoin.conf', '');
    expect(() => read('-chain=foo').settings.chain()).toThrow('Unknown chain foo.');
  });
});
