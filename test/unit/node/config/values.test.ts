import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byteSizeOption,
  hashOption,
  hexNumberOption,
  moneyOption,
  parseMoney,
  portOption,
} from '../../../../src/node/config/values.js';
import { formatAmount, formatMoney, MAX_MONEY } from '../../../../src/primitives/amount.js';
import { hashToHex } from '../../../../src/primitives/bytes.js';
import { settingsOf } from '../../../support/node-settings.js';

describe('an amount', () => {
  it.each([
    ['0', 0],
    ['1', 100_000_000],
    ['0.00001', 1000],
    ['.5', 50_000_000],
    ['1.', 100_000_000],
    ['.', 0],
    [' 2 ', 200_000_000],
    ['21000000', MAX_MONEY],
    ['0.00000001', 1],
  ])('written %j is %i satoshis', (text, satoshis) => {
    expect(parseMoney(text)).toBe(satoshis);
  });

  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1e-5',
    '1.123456789',
    '1 2',
    'x',
    '21000000.00000001',
    '12345678901',
    '0x1',
  ])('%j is none', text => {
    expect(parseMoney(text)).toBeUndefined();
  });

  it('reads back as it was shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_MONEY }), satoshis => {
        expect(parseMoney(formatAmount(satoshis))).toBe(satoshis);
        expect(parseMoney(formatMoney(satoshis))).toBe(satoshis);
      }),
    );
  });

  it('as an option has its default and Core’s complaint', () => {
    expect(moneyOption(settingsOf(), 'maxtxfee', 7)).toBe(7);
    expect(moneyOption(settingsOf(['-maxtxfee=0.1']), 'maxtxfee', 7)).toBe(10_000_000);
    expect(() => moneyOption(settingsOf(['-maxtxfee=1e1']), 'maxtxfee', 7)).toThrow(
      "Invalid amount for -maxtxfee=<amount>: '1e1'",
    );
  });
});

describe('a size in bytes', () => {
  it.each([
    ['0', 0],
    ['800', 800 * 1024 ** 2],
    ['5k', 5000],
    ['5K', 5120],
    ['5m', 5_000_000],
    ['1M', 1024 ** 2],
    ['2g', 2e9],
    ['2G', 2 * 1024 ** 3],
    ['1t', 1e12],
    ['1T', 1024 ** 4],
  ])('written %s is %i', (text, bytes) => {
    expect(byteSizeOption(settingsOf([`-maxuploadtarget=${text}`]), 'maxuploadtarget')).toBe(bytes);
  });

  it.each(['', 'M', '1MB', '-1', '1.5', ' 1'])('is not %j', text => {
    expect(() => byteSizeOption(settingsOf([`-maxuploadtarget=${text}`]), 'maxuploadtarget')).toThrow(
      `Unable to parse -maxuploadtarget: '${text}'`,
    );
  });
});

describe('a port', () => {
  it('is from 1 to 65535; RPC may leave the choice to the system', () => {
    const port = (text: string, name = 'port') => portOption(settingsOf([`-${name}=${text}`]), name, 5);
    expect([portOption(settingsOf(), 'port', 5), port('1'), port('65535'), port('0', 'rpcport')]).toEqual([
      5, 1, 65535, 0,
    ]);
    for (const text of ['0', '65536', '-1', 'x', '', '80x', '8e1']) {
      expect(() => port(text)).toThrow(`Invalid port specified in -port: '${text}'`);
    }
  });
});

describe('hex', () => {
  it('of a number may begin with 0x and is nothing else', () => {
    const number = (text: string) =>
      hexNumberOption(settingsOf([`-minimumchainwork=${text}`]), 'minimumchainwork', 'x');
    expect([number('0x65'), number('FF')]).toEqual([0x65n, 0xffn]);
    for (const text of ['', '0x', 'test', '1g'])
      expect(() => number(text)).toThrow(`Invalid non-hex (${text}) x value`);
  });

  it('of a hash may be short, and is none when it is anything else', () => {
    const hash = (...args: string[]) => {
      const value = hashOption(settingsOf(args), 'assumevalid');
      return value === undefined ? undefined : hashToHex(value);
    };
    expect(hash()).toBeUndefined();
    expect(hash('-assumevalid=0x12')).toBe(`${'0'.repeat(62)}12`);
    expect(hash(`-assumevalid=${'ab'.repeat(32)}`)).toBe('ab'.repeat(32));
    for (const arg of ['-assumevalid=0', '-noassumevalid', '-assumevalid=', '-assumevalid=xyz']) {
      expect(hash(arg)).toBe('0'.repeat(64));
    }
  });
});
