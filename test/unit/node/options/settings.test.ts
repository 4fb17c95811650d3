import { describe, expect, it } from 'vitest';
import { parseBool } from '../../../../src/node/options/settings.js';
import { settingsOf } from '../../../support/node-settings.js';

describe('a boolean', () => {
  it.each([
    ['', true],
    ['1', true],
    ['2', true],
    ['-1', true],
    [' 7 ', true],
    ['1x', true],
    ['0', false],
    ['0x10', false],
    ['no', false],
    ['true', false],
    ['00', false],
  ])('written %j is %s', (text, value) => {
    expect(parseBool(text)).toBe(value);
  });
});

describe('precedence', () => {
  it('is command line, settings file, network section, default section', () => {
    const config = 'uacomment=default\n[regtest]\nuacomment=section\n';
    const settings = settingsOf(['-uacomment=line'], config);
    settings.settingsFile.set('uacomment', ['file']);
    expect(settings.text('uacomment')).toBe('line');
    settings.commandLine.clear();
    expect(settings.text('uacomment')).toBe('file');
    settings.settingsFile.clear();
    expect(settings.text('uacomment')).toBe('section');
    settings.selectNetwork('signet');
    expect(settings.text('uacomment')).toBe('default');
  });

  it('gives the last value of the command line and the first one of a configuration file', () => {
    expect(settingsOf(['-port=1', '-port=2']).text('port')).toBe('2');
    expect(settingsOf([], '[regtest]\nport=1\nport=2\n').text('port')).toBe('1');
    expect(settingsOf([], '[regtest]\nport=1\n[main]\nport=9\n[regtest]\nport=2\n').text('port')).toBe('1');
  });

  it('lists values of all sources, those that count most first', () => {
    const config = 'uacomment=d1\nuacomment=d2\n[regtest]\nuacomment=s1\n';
    const settings = settingsOf(['-uacomment=c1', '-uacomment=c2'], config);
    settings.settingsFile.set('uacomment', ['f1']);
    expect(settings.list('uacomment')).toEqual(['c1', 'c2', 'f1', 's1', 'd1', 'd2']);
  });
});

describe('negation', () => {
  it.each([
    [['-noserver'], false],
    [['-noserver=1'], false],
    [['-noserver=0'], true],
    [['-server=0'], false],
    [['-server', '-noserver'], false],
    [['-noserver', '-server'], true],
    [['--noserver'], false],
  ])('%j', (args, value) => {
    expect(settingsOf(args).bool('server', !value)).toBe(value);
  });

  it('is told from the value 0', () => {
    expect(settingsOf(['-noconnect']).isNegated('connect')).toBe(true);
    expect(settingsOf(['-connect=0']).isNegated('connect')).toBe(false);
    expect(settingsOf(['-noconnect']).text('connect')).toBe('0');
    expect(settingsOf(['-noconf']).path('conf')).toBe('');
    expect(settingsOf(['-conf=x']).path('conf')).toBe('x');
  });

  it('cancels what was given before in the same place', () => {
    expect(settingsOf(['-uacomment=a', '-nouacomment', '-uacomment=b']).list('uacomment')).toEqual(['b']);
    expect(settingsOf([], 'uacomment=a\nnouacomment=1\nuacomment=b\nuacomment=c').text('uacomment')).toBe(
      'b',
    );
  });

  it('on the command line cancels the configuration file', () => {
    expect(settingsOf(['-nouacomment'], 'uacomment=a\n').list('uacomment')).toEqual([]);
  });

  it('followed by a value brings the configuration file back, as in Core', () => {
    expect(settingsOf(['-nouacomment', '-uacomment=a'], 'uacomment=b\n').list('uacomment')).toEqual([
      'a',
      'b',
    ]);
  });

  it('in the default section reaches options that only count in a network’s own', () => {
    expect(settingsOf([], 'connect=1.2.3.4\n').isSet('connect')).toBe(false);
    expect(settingsOf([], 'noconnect=1\n').isNegated('connect')).toBe(true);
  });

  it('doubled is remarked upon', () => {
    const remark = 'Warning: parsed potentially confusing double-negative -connect=0';
    expect(settingsOf(['-noconnect=0']).remarks).toEqual([remark]);
    expect(settingsOf([], 'noconnect=0\n').remarks).toEqual([remark]);
    expect(settingsOf(['-noconnect=1']).remarks).toEqual([]);
  });

  it.each(['loglevel', 'signetchallenge'])('of %s is forbidden', name => {
    const text = `Negating of -${name} is meaningless and therefore forbidden`;
    expect(() => settingsOf([`-no${name}`])).toThrow(text);
    expect(() => settingsOf([], `no${name}=1\n`)).toThrow(text);
  });
});

describe('options of a network’s own', () => {
  const config = 'port=1\naddnode=a\n[regtest]\nport=2\n';

  it('count in the default section on mainnet only', () => {
    expect(settingsOf([], config, 'main').text('port')).toBe('1');
    expect(settingsOf([], config).text('port')).toBe('2');
    expect(settingsOf([], config, 'signet').isSet('port')).toBe(false);
    expect(settingsOf([], config).list('addnode')).toEqual([]);
  });

  it('are misplaced when only the default section has them', () => {
    expect(settingsOf([], config).misplaced()).toEqual(['addnode']);
    expect(settingsOf([], config, 'signet').misplaced()).toEqual(['addnode', 'port']);
    expect(settingsOf(['-port=3'], config, 'signet').misplaced()).toEqual(['addnode']);
    expect(settingsOf([], config, 'main').misplaced()).toEqual([]);
    expect(settingsOf([], 'noport=1\n', 'signet').misplaced()).toEqual([]);
  });
});

describe('numbers', () => {
  it.each([
    ['5', 5],
    ['-5', -5],
    [' 12', 12],
    ['12abc', 12],
    ['abc', 0],
    ['', 0],
    ['0x10', 0],
  ])('written %j are %i', (text, value) => {
    expect(settingsOf([`-dbcache=${text}`]).int('dbcache', 99)).toBe(value);
  });

  it('have their default when not given, and are 0 and 1 when negated', () => {
    expect(settingsOf().int('dbcache', 99)).toBe(99);
    expect(settingsOf(['-nodbcache']).int('dbcache', 99)).toBe(0);
    expect(settingsOf(['-nodbcache=0']).int('dbcache', 99)).toBe(1);
  });
});

describe('the network', () => {
  it.each([
    [[], '', 'main'],
    [['-regtest'], '', 'regtest'],
    [['-testnet'], '', 'test'],
    [['-testnet4=1'], '', 'testnet4'],
    [['-chain=signet'], '', 'signet'],
    [[], 'regtest=1\n', 'regtest'],
    [[], 'chain=test\n', 'test'],
    [['-regtest=0'], 'regtest=1\n', 'main'],
    // Core's oddity: a negated switch on the command line does not reach the configuration file.
    [['-noregtest'], 'regtest=1\n', 'regtest'],
    [[], '[regtest]\nregtest=1\n', 'main'],
    [[], 'regtest=0\nregtest=1\n', 'regtest'],
  ])('of %j and %j is %s', (args, config, network) => {
    expect(settingsOf(args, config, undefined).chain()).toBe(network);
  });

  it('is one at most', () => {
    const text =
      'Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.';
    for (const args of [
      ['-regtest', '-signet'],
      ['-chain=regtest', '-regtest'],
      ['-testnet', '-testnet4'],
    ]) {
      expect(() => settingsOf(args, '', undefined).chain()).toThrow(text);
    }
  });

  it('has a known name', () => {
    expect(() => settingsOf(['-chain=foo'], '', undefined).chain()).toThrow('Unknown chain foo.');
    expect(settingsOf(['-chain=foo'], '', undefined).chainName()).toBe('foo');
  });

  it('stays the same once it is selected', () => {
    const settings = settingsOf(['-regtest'], '[regtest]\nsignet=1\n');
    expect(settings.chain()).toBe('regtest');
  });
});

describe('an empty list in the settings file', () => {
  it('says that there is to be none', () => {
    const settings = settingsOf();
    expect(settings.isSet('wallet')).toBe(false);
    settings.settingsFile.set('wallet', []);
    expect(settings.isSet('wallet')).toBe(true);
    expect(settings.list('wallet')).toEqual([]);
  });
});

describe('what was given', () => {
  it('names options of every source once', () => {
    const settings = settingsOf(['-dbcache=5'], 'dbcache=6\nserver=1\n[regtest]\nport=7\n[main]\nlisten=1\n');
    expect([...settings.given()].sort()).toEqual(['dbcache', 'port', 'server']);
  });
});
