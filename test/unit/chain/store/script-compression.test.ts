import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KeyForm,
  maxCompressedScriptSize,
  putCompressedScript,
  readCompressedScript,
} from '../../../../src/chain/store/script-compression.js';
import { publicKeyOf } from '../../../../src/crypto/keys.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../../../src/primitives/codec.js';

const hex = (text: string) => Buffer.from(text, 'hex');

function compressed(script: Uint8Array, keys?: KeyForm): string {
  const target = new Uint8Array(maxCompressedScriptSize(script));
  return toHex(target.subarray(0, putCompressedScript(target, 0, script, keys)));
}

const expand = (text: string) => toHex(readCompressedScript(new Reader(hex(text))));

const HASH = '816115944e077fe7c803cfa57f29b36bf87c1d35';
const privateKey = (n: number) => Buffer.concat([new Uint8Array(31), Uint8Array.of(n)]);
const payTo = (key: Uint8Array) => Buffer.concat([Uint8Array.of(key.length), key, Uint8Array.of(0xac)]);
const keyWithLastBit = (bit: number) =>
  [1, 2, 3, 4, 5, 6, 7, 8]
    .map(n => publicKeyOf(privateKey(n), false))
    .find(key => (key[64] ?? 0) % 2 === bit);

describe('script compression', () => {
  it('writes P2PKH as 00 and the hash', () => {
    const script = `76a914${HASH}88ac`;
    expect(compressed(hex(script))).toBe(`00${HASH}`);
    expect(expand(`00${HASH}`)).toBe(script);
  });

  it('writes P2SH as 01 and the hash', () => {
    const script = `a914${HASH}87`;
    expect(compressed(hex(script))).toBe(`01${HASH}`);
    expect(expand(`01${HASH}`)).toBe(script);
  });

  it('writes P2PK of a compressed key as the key', () => {
    const key = publicKeyOf(privateKey(1), true);
    expect(compressed(payTo(key))).toBe(toHex(key));
    expect(expand(toHex(key))).toBe(toHex(payTo(key)));
  });

  it.each([0, 1])('writes P2PK of an uncompressed key as 04 or 05 by the parity of y (%d), and x', bit => {
    const key = keyWithLastBit(bit) ?? expect.fail('no such key');
    const short = `0${4 + bit}${toHex(key.subarray(1, 33))}`;
    expect(compressed(payTo(key))).toBe(short);
    expect(expand(short)).toBe(toHex(payTo(key)));
  });

  it('can keep uncompressed keys whole, which reads the same', () => {
    const script = payTo(publicKeyOf(privateKey(1), false));
    const raw = compressed(script, 'raw');
    expect(raw).toBe(`49${toHex(script)}`);
    expect(expand(raw)).toBe(toHex(script));
  });

  it('does not take a point off the curve for a key', () => {
    const key = Buffer.from(publicKeyOf(privateKey(1), false));
    key[64] = (key[64] ?? 0) ^ 2;
    expect(compressed(payTo(key))).toBe(`49${toHex(payTo(key))}`);
    // Core's DecompressScript fails for an x without a point and leaves the script empty; 5 is such an x.
    expect(expand(`04${'00'.repeat(31)}05`)).toBe('');
    // The compressed form is not checked: it comes back as it is.
    expect(compressed(hex(`2102${'00'.repeat(31)}05ac`))).toBe(`02${'00'.repeat(31)}05`);
  });

  it('writes anything else as length plus 6, and the script', () => {
    expect(compressed(hex(''))).toBe('06');
    expect(compressed(hex('6a'))).toBe('076a');
    const almost = hex(`76a914${HASH}88ad`);
    expect(compressed(almost)).toBe(`1f${toHex(almost)}`);
  });

  it('reads a script too long to run as OP_RETURN', () => {
    const long = new Uint8Array(10_001).fill(0x51);
    expect(expand(compressed(long))).toBe('6a');
    const longest = new Uint8Array(10_000).fill(0x51);
    expect(expand(compressed(longest))).toBe(toHex(longest));
  });

  it('refuses what is cut short', () => {
    for (const text of ['', '00', `01${HASH.slice(2)}`, '07', '8a95c0bb00']) {
      expect(() => expand(text)).toThrow(DecodeError);
    }
  });

  it('gives every script back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), script => {
        expect(expand(compressed(script))).toBe(toHex(script));
      }),
    );
  });

  it('gives bytes of its own, not views', () => {
    const source = hex('0751');
    const script = readCompressedScript(new Reader(source));
    source.fill(0);
    expect(toHex(script)).toBe('51');
  });
});
