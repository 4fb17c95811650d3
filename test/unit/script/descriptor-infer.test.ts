import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { inferDescriptor } from '../../../src/script/descriptor/infer.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { FlatProvider } from '../../../src/script/signing-provider.js';
import { buildTaproot, type TaprootLeaf } from '../../../src/script/taproot.js';
import { multiA, multisig, p2pk, p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../../../src/script/templates.js';
import { REGTEST_ADDRESSES } from '../../support/script-address-params.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';

const publicKey = testKey(1).publicKey;
const uncompressed = testKey(1, false).publicKey;
const keyHash = hash160(publicKey);

/** A provider that knows the key in both forms, and the scripts. */
function knowing(...scripts: Uint8Array[]): FlatProvider {
  const provider = new FlatProvider();
  provider.addPublicKey(publicKey);
  provider.addPublicKey(uncompressed);
  for (const script of scripts) provider.addScript(script);
  return provider;
}

/** The inferred descriptor without its checksum. */
function infer(script: Uint8Array, provider = knowing()): string {
  const [text = ''] = inferDescriptor(script, provider, REGTEST_ADDRESSES).toString().split('#');
  return text;
}

const key = toHex(publicKey);

describe('the descriptor of a script', () => {
  it('says how to spend it, as far as keys and scripts are known', () => {
    expect(infer(p2pk(publicKey))).toBe(`pk(${key})`);
    expect(infer(p2pkh(keyHash))).toBe(`pkh(${key})`);
    expect(infer(p2wpkh(keyHash))).toBe(`wpkh(${key})`);
    expect(infer(p2wpkh(keyHash), new FlatProvider())).toMatch(/^addr\(/);
    const nested = p2wpkh(keyHash);
    expect(infer(p2sh(hash160(nested)), knowing(nested))).toBe(`sh(wpkh(${key}))`);
    expect(infer(p2sh(hash160(nested)))).toMatch(/^addr\(/);
    const two = testPublicKeys(1, 2);
    expect(infer(multisig(2, two))).toBe(`multi(2,${two.map(toHex).join()})`);
    expect(infer(Uint8Array.of(0x51))).toBe('raw(51)');
  });

  it('shows the origin of a key', () => {
    const provider = knowing();
    provider.addOrigin(publicKey, { fingerprint: Uint8Array.of(1, 2, 3, 4), path: [5] });
    expect(infer(p2wpkh(keyHash), provider)).toBe(`wpkh([01020304/5]${key})`);
  });

  it.each([
    ['P2WPKH in P2WSH', p2wpkh(keyHash), (script: Uint8Array) => p2wsh(sha256(script))],
    ['P2WSH in P2WSH', p2wsh(sha256(p2pk(publicKey))), (script: Uint8Array) => p2wsh(sha256(script))],
    ['P2SH in P2SH', p2sh(hash160(p2pk(publicKey))), (script: Uint8Array) => p2sh(hash160(script))],
    ['taproot in P2SH', p2tr(xOnly(publicKey)), (script: Uint8Array) => p2sh(hash160(script))],
    ['an uncompressed key in P2WSH', p2pk(uncompressed), (script: Uint8Array) => p2wsh(sha256(script))],
    ['a script of no template in P2WSH', Uint8Array.of(0x51), (script: Uint8Array) => p2wsh(sha256(script))],
  ])('is an address for %s, which nobody can spend by rule or by template', (_, inner, wrap) => {
    const provider = knowing(inner, p2pk(publicKey));
    expect(infer(wrap(inner), provider)).toMatch(/^addr\(/);
  });

  it('is not made of hybrid keys, even among others', () => {
    const hybrid = Uint8Array.from(uncompressed);
    hybrid[0] = 6 + ((uncompressed.at(-1) ?? 0) & 1);
    expect(infer(p2pk(hybrid))).toMatch(/^raw\(/);
    expect(infer(multisig(1, [publicKey, hybrid]))).toMatch(/^raw\(/);
  });
});

describe('the descriptor of a taproot output', () => {
  const internalKey = xOnly(publicKey);
  const leaf = (script: Uint8Array, leafVersion: number = TAPROOT_LEAF_TAPSCRIPT, depth = 0): TaprootLeaf => {
    return { depth, leafVersion, script };
  };

  function inferTree(...leaves: TaprootLeaf[]): string {
    const output = defined(buildTaproot(internalKey, leaves), 'output');
    const provider = new FlatProvider();
    provider.addTaproot(output);
    return infer(p2tr(output.outputKey), provider);
  }

  const x = toHex(internalKey);

  it('has the internal key and all leaves', () => {
    expect(inferTree()).toBe(`tr(${x})`);
    expect(inferTree(leaf(p2pk(internalKey)))).toBe(`tr(${x},pk(${x}))`);
    expect(inferTree(leaf(multiA(1, [internalKey])))).toBe(`tr(${x},multi_a(1,${x}))`);
  });

  it('is rawtr() when a leaf is of another version or no template', () => {
    expect(inferTree(leaf(p2pk(internalKey), 0xc2))).toMatch(/^rawtr\(/);
    expect(inferTree(leaf(Uint8Array.of(0x51)))).toMatch(/^rawtr\(/);
    expect(inferTree(leaf(p2pk(internalKey), undefined, 1), leaf(Uint8Array.of(0x51), undefined, 1))).toMatch(
      /^rawtr\(/,
    );
  });

  it('shows the origin of a key known by its even or odd full form', () => {
    for (const prefix of [2, 3]) {
      const full = Uint8Array.of(prefix, ...internalKey);
      const provider = new FlatProvider();
      provider.addOrigin(full, { fingerprint: Uint8Array.of(1, 2, 3, 4), path: [] });
      expect(infer(p2tr(internalKey), provider)).toBe(`rawtr([01020304]${x})`);
    }
  });

  it('is an address when the output key is not on the curve', () => {
    expect(infer(p2tr(Uint8Array.of(...new Uint8Array(31), 5)))).toMatch(/^addr\(/);
  });
});
