import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { AssertionFailure, defined } from '../../../src/runtime/errors.js';
import { scriptToAddress } from '../../../src/script/address.js';
import {
  derivePath,
  encodeExtendedPrivate,
  encodeExtendedPublic,
  fingerprintOf,
  masterKeyFromSeed,
  neuter,
} from '../../../src/script/bip32.js';
import { DescriptorCache } from '../../../src/script/descriptor/cache.js';
import { addChecksum, descriptorChecksum } from '../../../src/script/descriptor/checksum.js';
import { inferDescriptor } from '../../../src/script/descriptor/infer.js';
import { checksumOf, type ParsedDescriptor, parseDescriptor } from '../../../src/script/descriptor/parse.js';
import { isHardened } from '../../../src/script/key-path.js';
import { EMPTY_PROVIDER, FlatProvider } from '../../../src/script/signing-provider.js';
import { encodeWif } from '../../../src/script/wif.js';
import { REGTEST_ADDRESSES } from '../../support/script-address-params.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';

const master = defined(masterKeyFromSeed(new Uint8Array(16).fill(2)), 'master');
const tprv = encodeExtendedPrivate(master, REGTEST_ADDRESSES);
const tpub = encodeExtendedPublic(neuter(master), REGTEST_ADDRESSES);
const [keyA = '', keyB = '', keyC = ''] = testPublicKeys(1, 2, 3).map(toHex);

function parse(text: string): ParsedDescriptor {
  const parsed = parseDescriptor(text, REGTEST_ADDRESSES);
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error}`);
  return parsed;
}

function errorOf(text: string, requireChecksum = false): string | undefined {
  const parsed = parseDescriptor(text, REGTEST_ADDRESSES, { requireChecksum });
  return 'error' in parsed ? parsed.error : undefined;
}

describe('descriptor checksum', () => {
  it('is that of BIP380', () => {
    expect(descriptorChecksum('raw(deadbeef)')).toBe('89f8spxm');
    expect(addChecksum('raw(deadbeef)')).toBe('raw(deadbeef)#89f8spxm');
    expect(checksumOf('raw(deadbeef)#89f8spxm')).toBe('89f8spxm');
    expect(checksumOf('raw(deadbeef)#89f8spxn')).toBeUndefined();
    expect(descriptorChecksum('é')).toBeUndefined();
  });

  it('changes with any one character', () => {
    const text = `wpkh(${tpub}/0/*)`;
    const charset = '0123456789abcdef()[]/*h,';
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom(...charset), (at, by) => {
        const changed = text.slice(0, at) + by + text.slice(at + 1);
        expect(descriptorChecksum(changed) === descriptorChecksum(text)).toBe(changed === text);
      }),
    );
  });

  it('can be required', () => {
    expect(errorOf(`pk(${keyA})`, true)).toBe('Missing checksum');
    expect(errorOf(addChecksum(`pk(${keyA})`), true)).toBeUndefined();
  });
});

describe('descriptors that do not parse', () => {
  const uncompressed = toHex(testKey(1, false).publicKey);
  it.each([
    ['', "'' is not a valid descriptor function"],
    ['foo(bar)', "'foo(bar)' is not a valid descriptor function"],
    ['pk()', 'pk(): No key provided'],
    ['pkh(zz)', "pkh(): key 'zz' is not valid"],
    [`wpkh(${uncompressed})`, 'wpkh(): Uncompressed keys are not allowed'],
    [`wpkh(${tpub}/<0;1>/*)`, "wpkh(): Key path value '<0;1>' is not a valid uint32"],
    [`wpkh(${tpub}/*/0)`, "wpkh(): Key path value '*' is not a valid uint32"],
    [`wpkh(${tpub}/2147483648)`, 'wpkh(): Key path value 2147483648 is out of range'],
    [`multi(1)`, 'Cannot have 0 keys in multisig; must have between 1 and 20 keys, inclusive'],
    [`multi(x,${keyA})`, "Multi threshold 'x' is not valid"],
    [`wsh(multi_a(1,${keyA}))`, 'Can only have multi_a/sortedmulti_a inside tr()'],
    [`tr(${keyA},multi(1,${keyA}))`, 'Can only have multi/sortedmulti at top level, in sh(), or in wsh()'],
    [`tr(${keyA},{pk(${keyB})})`, "tr(): expected ',' after script expression"],
    [`tr(${keyA},{pk(${keyB}),pk(${keyC})`, `'pk(${keyC}' is not a valid descriptor function`],
    [`tr(${keyA},pk(${keyB}),pk(${keyC}))`, "tr(): expected ')' after script expression"],
    [`sh(tr(${keyA}))`, 'Can only have tr at top level'],
    [`sh(rawtr(${keyA}))`, 'Can only have rawtr at top level'],
    [`sh(raw(00))`, 'Can only have raw() at top level'],
    [`sh(addr(x))`, 'Can only have addr() at top level'],
    ['raw()', 'Raw script is not hex'],
    ['raw(zz)', 'Raw script is not hex'],
    ['addr(bad)', 'Address is not valid'],
    [`sh(pk(${keyA}),x)`, ''],
    [`pk(]${keyA})`, "pk(): Key origin start '[ character expected but not found, got ']' instead"],
    [`pk(x]${keyA})`, "pk(): Key origin start '[ character expected but not found, got 'x' instead"],
    [`pk([0102030g]${keyA})`, "pk(): Fingerprint '0102030g' is not hex"],
    [`pk(03${'ff'.repeat(32)})`, `pk(): Pubkey '03${'ff'.repeat(32)}' is invalid`],
    [`tr(${'ff'.repeat(32)})`, `tr(): Pubkey '${'ff'.repeat(32)}' is invalid`],
    [`multi(1)(,${keyA})`, "Multi: expected ',', got ')'"],
    [`tr(${keyA})(x)`, "tr: expected ',', got ')'"],
    [`tr(${keyA},{pk(${keyB}),pk(${keyC}),x})`, "tr(): expected '}' after script expression"],
    // Would be miniscript.
    [`tr(${keyA},pkh(${keyB}))`, `'pkh(${keyB})' is not a valid descriptor function`],
    [`pk(${keyA}),pk(${keyB})`, ''],
  ])('%s', (text, error) => {
    expect(errorOf(text)).toBe(error);
  });

  it('knows the network of keys', () => {
    expect(
      parseDescriptor(`wpkh(${tpub})`, { ...REGTEST_ADDRESSES, extendedPublicPrefix: 1 }),
    ).toHaveProperty('error');
  });
});

describe('ranged descriptors', () => {
  it('derive what BIP32 derives, with full origins', () => {
    const { descriptor } = parse(`wpkh([01020304/84h]${tpub}/0/*)`);
    const parent = defined(derivePath(master, [0]), 'parent');
    for (const index of [0, 1, 1000]) {
      const key = neuter(defined(derivePath(parent, [index]), 'child')).publicKey;
      const expansion = defined(descriptor.expand(index), 'expansion');
      const [origin] = [...expansion.provider.origins.values()];
      expect(origin && toHex(origin.publicKey)).toBe(toHex(key));
      expect(origin && toHex(origin.origin.fingerprint)).toBe('01020304');
      expect(origin?.origin.path).toEqual([0x80000054, 0, index]);
    }
  });

  it('with hardened steps need private keys once, then the cache suffices', () => {
    const { descriptor, privateKeys, hasPrivateKeys } = parse(`wpkh(${tprv}/84h/1h/0h/0/*)`);
    expect(hasPrivateKeys).toBe(true);
    expect(descriptor.expand(0)).toBeUndefined();
    const cache = new DescriptorCache();
    const first = descriptor.expand(0, privateKeys, cache);
    expect(descriptor.expand(0)).toBeUndefined();
    expect(cache.parents.size).toBe(1);
    expect(descriptor.expandFromCache(0, cache)?.scripts.map(toHex)).toEqual(first?.scripts.map(toHex));
    expect(descriptor.expandFromCache(7, cache)?.scripts.map(toHex)).toEqual(
      descriptor.expand(7, privateKeys)?.scripts.map(toHex),
    );
    const origin = toHex(fingerprintOf(neuter(master).publicKey));
    const normalized = descriptor.toNormalizedString(EMPTY_PROVIDER, cache);
    expect(normalized).toMatch(new RegExp(`^wpkh\\(\\[${origin}/84h/1h/0h\\]tpub[^/]*/0/\\*\\)#`));
    expect(descriptor.toNormalizedString(EMPTY_PROVIDER)).toBeUndefined();
    const open = parse(normalized ?? '').descriptor;
    expect(open.expand(7)?.scripts.map(toHex)).toEqual(
      descriptor.expandFromCache(7, cache)?.scripts.map(toHex),
    );
  });

  it('with hardened indexes are cached index by index', () => {
    const { descriptor, privateKeys } = parse(`pkh(${tprv}/*h)`);
    const cache = new DescriptorCache();
    descriptor.expand(3, privateKeys, cache);
    expect(descriptor.expandFromCache(3, cache)).toBeDefined();
    expect(descriptor.expandFromCache(4, cache)).toBeUndefined();
    const [origin] = [...(descriptor.expand(3, privateKeys)?.provider.origins.values() ?? [])];
    expect(origin?.origin.path.every(isHardened)).toBe(true);
  });

  it('give the private keys of an index', () => {
    const { descriptor, privateKeys } = parse(`wsh(multi(1,${tprv}/0/*,${tpub}/1/*,${keyA}))`);
    const out = new FlatProvider();
    descriptor.expandPrivate(5, privateKeys, out);
    const ids = [...(descriptor.expand(5)?.provider.origins.keys() ?? [])];
    expect(ids).toHaveLength(3);
    // The xprv is the root of both paths.
    expect(ids.filter(id => out.privateKeys.has(id))).toHaveLength(2);
  });
});

describe('cache of a descriptor', () => {
  it('tells what is new', () => {
    const { descriptor, privateKeys } = parse(`wsh(multi(1,${tprv}/0h/*,${tprv}/*h))`);
    const known = new DescriptorCache();
    const first = new DescriptorCache();
    descriptor.expand(0, privateKeys, first);
    const added = known.mergeAndDiff(first);
    expect([added.parents.size, added.lastHardened.size, added.derived.size]).toEqual([1, 1, 1]);
    const second = new DescriptorCache();
    descriptor.expand(1, privateKeys, second);
    const more = known.mergeAndDiff(second);
    expect([more.parents.size, more.lastHardened.size]).toEqual([0, 0]);
    expect([...(more.derived.get(1)?.keys() ?? [])]).toEqual([1]);
    expect([...(known.derived.get(1)?.keys() ?? [])]).toEqual([0, 1]);
    // All of it is known by now.
    const none = known.mergeAndDiff(second);
    expect([none.parents.size, none.lastHardened.size, none.derived.size]).toEqual([0, 0, 0]);
  });

  it('never changes: another key in the same place is a bug', () => {
    const key = neuter(master);
    const other = neuter(defined(derivePath(master, [1]), 'another key'));
    const known = new DescriptorCache();
    known.setDerived(0, 5, key);
    const contrary = new DescriptorCache();
    contrary.setDerived(0, 5, other);
    expect(() => known.mergeAndDiff(contrary)).toThrow(AssertionFailure);
  });
});

describe('taproot descriptors', () => {
  it('keep the shape of the tree in text and from script', () => {
    const leaf = (n: number) => `pk(${toHex(testKey(n).publicKey).slice(2)})`;
    const internal = keyA.slice(2);
    for (const tree of [
      leaf(2),
      `{${leaf(2)},${leaf(3)}}`,
      `{${leaf(2)},{${leaf(3)},{${leaf(4)},${leaf(5)}}}}`,
      `{{${leaf(2)},${leaf(3)}},{${leaf(2)},${leaf(3)}}}`,
    ]) {
      const text = addChecksum(`tr(${internal},${tree})`);
      const { descriptor } = parse(text);
      expect(descriptor.toString()).toBe(text);
      const expansion = defined(descriptor.expand(0), 'expansion');
      const [script = new Uint8Array(0)] = expansion.scripts;
      const inferred = inferDescriptor(script, expansion.provider, REGTEST_ADDRESSES);
      expect(inferred.expand(0)?.scripts.map(toHex)).toEqual([toHex(script)]);
      expect(inferred.isSolvable).toBe(true);
      expect(inferred.toString()).toMatch(/^tr\(/);
    }
  });

  it('stop at 128 levels', () => {
    const nested = (levels: number) =>
      `tr(${keyA},${'{'.repeat(levels)}pk(${keyB})${`,pk(${keyC})}`.repeat(levels)})`;
    expect(errorOf(nested(128))).toBeUndefined();
    expect(parse(nested(128)).descriptor.expand(0)?.scripts).toHaveLength(1);
    expect(errorOf(nested(129))).toBe('tr() supports at most 128 nesting levels');
  });

  it('without knowledge of the tree are rawtr()', () => {
    const [script = new Uint8Array(0)] = parse(`tr(${keyA})`).descriptor.expand(0)?.scripts ?? [];
    expect(inferDescriptor(script, EMPTY_PROVIDER, REGTEST_ADDRESSES).toString()).toMatch(/^rawtr\(/);
  });
});

describe('addr() and raw()', () => {
  it('stand for one script, and do not tell how to spend it', () => {
    const witness = `0014${'11'.repeat(20)}`;
    const address = defined(scriptToAddress(Buffer.from(witness, 'hex'), REGTEST_ADDRESSES), 'address');
    for (const [text, script, type] of [
      ['raw(deadbeef)', 'deadbeef', undefined],
      [`raw(${witness})`, witness, 'bech32'],
      [`addr(${address})`, witness, 'bech32'],
    ] as const) {
      const { descriptor, privateKeys } = parse(text);
      expect(descriptor.toString()).toBe(addChecksum(text));
      expect(descriptor.expand(0)?.scripts.map(toHex)).toEqual([script]);
      expect(descriptor.scriptSize).toBe(script.length / 2);
      expect([descriptor.isSolvable, descriptor.isRange, descriptor.outputType]).toEqual([
        false,
        false,
        type,
      ]);
      expect(descriptor.toPrivateString(privateKeys)).toBeUndefined();
      expect(descriptor.maxSatisfactionWeight(true)).toBeUndefined();
      expect(descriptor.maxSatisfactionElements).toBeUndefined();
      expect(descriptor.rootKeys()).toEqual({ publicKeys: [], extendedKeys: [] });
    }
  });
});

describe('keys of a descriptor', () => {
  it('are listed as written, whether by themselves or with an origin, in leaves as elsewhere', () => {
    const { descriptor } = parse(`tr([01020304]${keyA},{pk(${keyB}),pk([01020304/5h]${tpub}/0/*)})`);
    const { publicKeys, extendedKeys } = descriptor.rootKeys();
    expect(publicKeys.map(toHex)).toEqual([keyA, keyB]);
    expect(extendedKeys.map(key => encodeExtendedPublic(key, REGTEST_ADDRESSES))).toEqual([tpub]);
  });

  it('with an origin are written privately with it, if all private keys are there', () => {
    const wif = encodeWif(testKey(1), REGTEST_ADDRESSES);
    const text = `wpkh([01020304/5h]${wif})`;
    const { descriptor, privateKeys } = parse(text);
    expect(descriptor.toString()).toBe(addChecksum(`wpkh([01020304/5h]${keyA})`));
    expect(descriptor.toPrivateString(privateKeys)).toBe(addChecksum(text));
    expect(descriptor.toPrivateString(EMPTY_PROVIDER)).toBeUndefined();
    expect(descriptor.toNormalizedString(privateKeys)).toBe(addChecksum(`wpkh([01020304/5h]${keyA})`));
    const out = new FlatProvider();
    descriptor.expandPrivate(0, privateKeys, out);
    expect(out.privateKeys.size).toBe(1);
  });

  it('with an origin, below a hardened step, need private keys to be normalised', () => {
    const { descriptor, privateKeys } = parse(`wpkh([01020304/5h]${tprv}/6h/*)`);
    expect(descriptor.toNormalizedString(EMPTY_PROVIDER)).toBeUndefined();
    expect(descriptor.toNormalizedString(privateKeys)).toMatch(/^wpkh\(\[01020304\/5h\/6h\]tpub[^/]*\/\*\)#/);
  });
});

describe('combo()', () => {
  it('pays in four ways to a compressed key', () => {
    const { scripts } = defined(parse(`combo(${keyA})`).descriptor.expand(0), 'expansion');
    const addresses = scripts.map(script => scriptToAddress(script, REGTEST_ADDRESSES)?.charAt(0));
    expect(addresses).toEqual([undefined, 'm', 'b', '2']);
  });
});
