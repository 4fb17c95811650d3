import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidPrivateKey } from '../../../src/crypto/keys.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { base58CheckDecode, base58CheckEncode } from '../../../src/script/base58.js';
import {
  deriveChild,
  derivePath,
  derivePublicChild,
  derivePublicPath,
  masterKeyFromSeed,
  neuter,
  parseExtendedPublic,
  serializeExtendedPublic,
} from '../../../src/script/bip32.js';
import { formatKeyPath, parseKeyPath } from '../../../src/script/key-path.js';
import { PrivateKey } from '../../../src/script/private-key.js';
import { decodeWif, encodeWif } from '../../../src/script/wif.js';
import { MAIN_ADDRESSES, TEST_ADDRESSES } from '../../support/script-address-params.js';

describe('base58check', () => {
  it('reads what it writes, up to the length asked for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), payload => {
        const text = base58CheckEncode(payload);
        expect([...(base58CheckDecode(text, payload.length) ?? [1, 2, 3])]).toEqual([...payload]);
        expect(base58CheckDecode(text, payload.length - 1)).toBeUndefined();
      }),
    );
  });

  it('refuses texts of any length at once', () => {
    expect(base58CheckDecode('z'.repeat(1_000_000), 100)).toBeUndefined();
    expect(base58CheckDecode('1'.repeat(1_000_000), 100)).toBeUndefined();
  });
});

describe('private keys in text', () => {
  it('round-trip', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }).filter(isValidPrivateKey),
        fc.boolean(),
        (secret, compressed) => {
          const key = defined(PrivateKey.from(secret, compressed), 'key');
          const text = encodeWif(key, TEST_ADDRESSES);
          const back = decodeWif(text, TEST_ADDRESSES);
          expect(back && toHex(back.secret)).toBe(toHex(secret));
          expect(back?.compressed).toBe(compressed);
          expect(decodeWif(text, MAIN_ADDRESSES)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are refused when zero or not below the order', () => {
    expect(PrivateKey.from(new Uint8Array(32), true)).toBeUndefined();
    expect(PrivateKey.from(new Uint8Array(32).fill(0xff), true)).toBeUndefined();
  });
});

describe('key paths', () => {
  it.each([
    ['', []],
    ['m', []],
    ["m/84'/0h/5", [0x80000054, 0x80000000, 5]],
    ['2147483647h', [0xffffffff]],
  ])('read %s', (text, path) => {
    expect(parseKeyPath(text)).toEqual(path);
  });

  it.each(['m/m', 'm//1', '1/', '2147483648', '-1', '1a', "1''", '4294967296'])('refuse %s', text => {
    expect(parseKeyPath(text)).toBeUndefined();
  });

  it('are written with either mark', () => {
    expect(formatKeyPath([0x80000001, 2])).toBe('/1h/2');
    expect(formatKeyPath([0x80000001, 2], true)).toBe("/1'/2");
  });

  it('lead to the same keys from the private and the public root', () => {
    const root = defined(masterKeyFromSeed(new Uint8Array(32).fill(1)), 'root');
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0x7fffffff }), { maxLength: 3 }), path => {
        const secret = defined(derivePath(root, path), 'private path');
        const open = defined(derivePublicPath(neuter(root), path), 'public path');
        expect(toHex(serializeExtendedPublic(neuter(secret)))).toBe(toHex(serializeExtendedPublic(open)));
        const back = parseExtendedPublic(serializeExtendedPublic(open));
        expect(back && toHex(serializeExtendedPublic(back))).toBe(toHex(serializeExtendedPublic(open)));
      }),
      { numRuns: 20 },
    );
    expect(derivePublicPath(neuter(root), [0x80000000])).toBeUndefined();
  });

  it('end at depth 255', () => {
    const root = defined(masterKeyFromSeed(new Uint8Array(32).fill(1)), 'root');
    const deepest = { ...root, depth: 255 };
    expect(deriveChild({ ...root, depth: 254 }, 0)?.depth).toBe(255);
    expect(deriveChild(deepest, 0)).toBeUndefined();
    expect(derivePublicChild(neuter(deepest), 0)).toBeUndefined();
  });
});

describe('extended public keys', () => {
  const root = neuter(defined(masterKeyFromSeed(new Uint8Array(32).fill(1)), 'root'));

  it('have 74 bytes, the version apart', () => {
    const bytes = serializeExtendedPublic(root);
    expect(bytes).toHaveLength(74);
    expect(parseExtendedPublic(bytes)).toBeDefined();
    expect(parseExtendedPublic(bytes.subarray(1))).toBeUndefined();
    expect(parseExtendedPublic(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
  });

  it('off the curve have no children', () => {
    // No point has an x coordinate of 5.
    const publicKey = Uint8Array.of(2, ...new Uint8Array(31), 5);
    expect(derivePublicChild({ ...root, publicKey }, 0)).toBeUndefined();
  });
});
