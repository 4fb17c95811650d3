import { describe, expect, it } from 'vitest';
import { fromHex, idFromHex, idToHex, toHex, UsageError } from '../../../src/library/index.js';

const GENESIS = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';

describe('hex of bytes', () => {
  it('is read in either case and written in lower', () => {
    expect(fromHex('00ffAa')).toEqual(Uint8Array.of(0, 255, 170));
    expect(fromHex('')).toEqual(new Uint8Array(0));
    expect(toHex(Uint8Array.of(0, 255, 170))).toBe('00ffaa');
  });

  it.each(['0', '0x00', 'zz', ' 00', 5, undefined])('is not %s', value => {
    expect(() => fromHex(value as string)).toThrow(UsageError);
  });

  it('is of bytes only', () => {
    expect(() => toHex('00' as unknown as Uint8Array)).toThrow('value must be a Uint8Array, not "00"');
  });
});

describe('hex of an id', () => {
  it('is reversed', () => {
    const id = idFromHex(GENESIS);
    expect(toHex(id)).toBe('6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000');
    expect(idToHex(id)).toBe(GENESIS);
  });

  it('is 64 digits of 32 bytes', () => {
    expect(() => idFromHex(GENESIS.slice(2))).toThrow(`not 64 hex digits: "${GENESIS.slice(2, 42)}"`);
    expect(() => idFromHex(5 as unknown as string)).toThrow('not 64 hex digits: 5');
    expect(() => idToHex(new Uint8Array(20))).toThrow('an id has 32 bytes, not 20');
  });
});
