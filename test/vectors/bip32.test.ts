import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeExtendedPrivate,
  decodeExtendedPublic,
  deriveChild,
  derivePublicChild,
  type ExtendedPrivateKey,
  encodeExtendedPrivate,
  encodeExtendedPublic,
  masterKeyFromSeed,
  neuter,
} from '../../src/script/bip32.js';
import { isHardened } from '../../src/script/key-path.js';
import { MAIN_ADDRESSES } from '../support/script-address-params.js';

interface Bip32Vectors {
  readonly valid: readonly {
    readonly seed: string;
    readonly chain: readonly { readonly xpub: string; readonly xprv: string; readonly next: number }[];
  }[];
  readonly invalid: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('./bip32.json', import.meta.url), 'utf8')) as Bip32Vectors;

describe('BIP32 vectors', () => {
  it.each(vectors.valid)('derives the chain of seed $seed', ({ seed, chain }) => {
    let key: ExtendedPrivateKey | undefined = masterKeyFromSeed(Buffer.from(seed, 'hex'));
    for (const { xpub, xprv, next } of chain) {
      if (key === undefined) throw new Error('derivation failed');
      expect(encodeExtendedPrivate(key, MAIN_ADDRESSES)).toBe(xprv);
      expect(encodeExtendedPublic(neuter(key), MAIN_ADDRESSES)).toBe(xpub);
      const readPrivate = decodeExtendedPrivate(xprv, MAIN_ADDRESSES);
      const readPublic = decodeExtendedPublic(xpub, MAIN_ADDRESSES);
      expect(readPrivate && encodeExtendedPrivate(readPrivate, MAIN_ADDRESSES)).toBe(xprv);
      expect(readPublic && encodeExtendedPublic(readPublic, MAIN_ADDRESSES)).toBe(xpub);
      const child: ExtendedPrivateKey | undefined = deriveChild(key, next);
      const publicChild = derivePublicChild(neuter(key), next);
      if (isHardened(next)) expect(publicChild).toBeUndefined();
      else expect(publicChild).toEqual(child && neuter(child));
      key = child;
    }
  });

  it.each(vectors.invalid)('refuses %s', text => {
    expect(decodeExtendedPrivate(text, MAIN_ADDRESSES)).toBeUndefined();
    expect(decodeExtendedPublic(text, MAIN_ADDRESSES)).toBeUndefined();
  });

  it('derives down to depth 255 and no further', () => {
    let key = masterKeyFromSeed(Buffer.alloc(16, 1));
    for (let depth = 0; depth < 255; depth++) key = key && deriveChild(key, 0);
    expect(key?.depth).toBe(255);
    expect(key && deriveChild(key, 0)).toBeUndefined();
    expect(key && derivePublicChild(neuter(key), 0)).toBeUndefined();
  });
});
