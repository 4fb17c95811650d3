import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import {
  type Destination,
  decodeAddress,
  destinationOfScript,
  encodeAddress,
  scriptOfDestination,
  scriptToAddress,
} from '../../../src/script/address.js';
import { base58CheckEncode } from '../../../src/script/base58.js';
import {
  destinationForKey,
  OUTPUT_TYPES,
  outputTypeOfDestination,
  parseOutputType,
} from '../../../src/script/output-type.js';
import { multisig, nullData, p2pk } from '../../../src/script/templates.js';
import { MAIN_ADDRESSES, REGTEST_ADDRESSES } from '../../support/script-address-params.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';

const size = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const destination: fc.Arbitrary<Destination> = fc.oneof(
  size(20).map(hash => ({ type: 'keyHash' as const, hash })),
  size(20).map(hash => ({ type: 'scriptHash' as const, hash })),
  size(20).map(hash => ({ type: 'witnessKeyHash' as const, hash })),
  size(32).map(hash => ({ type: 'witnessScriptHash' as const, hash })),
  size(32).map(outputKey => ({ type: 'taproot' as const, outputKey })),
  fc
    .record({
      version: fc.integer({ min: 2, max: 16 }),
      program: fc.uint8Array({ minLength: 2, maxLength: 40 }),
    })
    .map(parts => ({ type: 'witnessUnknown' as const, ...parts })),
  fc.constant({ type: 'anchor' as const }),
);

const normal = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part));

describe('addresses', () => {
  it('round-trip through text and through script on every network', () => {
    fc.assert(
      fc.property(destination, fc.constantFrom(MAIN_ADDRESSES, REGTEST_ADDRESSES), (wanted, params) => {
        const text = encodeAddress(wanted, params) ?? '';
        const decoded = decodeAddress(text, params);
        const back = 'destination' in decoded ? decoded.destination : undefined;
        const plain = (d: Destination | undefined) => d && normal(scriptOfDestination(d));
        expect(back?.type).toBe(wanted.type);
        expect(plain(back)).toBe(plain(wanted));
        expect(destinationOfScript(scriptOfDestination(wanted))?.type).toBe(wanted.type);
      }),
    );
  });

  it('are refused on another network', () => {
    const text = encodeAddress({ type: 'taproot', outputKey: new Uint8Array(32) }, REGTEST_ADDRESSES) ?? '';
    expect(decodeAddress(text, MAIN_ADDRESSES)).toHaveProperty('error');
  });

  it('do not exist for keys, multisig and data', () => {
    const scripts = [
      p2pk(testKey(1).publicKey),
      multisig(1, testPublicKeys(1, 2)),
      nullData(Uint8Array.of(1)),
      new Uint8Array(0),
    ];
    for (const script of scripts) expect(scriptToAddress(script, MAIN_ADDRESSES)).toBeUndefined();
  });

  it('have a hash of 20 bytes', () => {
    const short = base58CheckEncode(new Uint8Array(20));
    expect(decodeAddress(short, MAIN_ADDRESSES)).toEqual({
      error: 'Invalid length for Base58 address (P2PKH or P2SH)',
      locations: [],
    });
  });

  it('are not needed to pay: a public key has a script of its own', () => {
    const { publicKey } = testKey(1);
    const script = p2pk(publicKey);
    const found = destinationOfScript(script);
    expect(found?.type === 'publicKey' && toHex(found.publicKey)).toBe(toHex(publicKey));
    expect(toHex(scriptOfDestination({ type: 'publicKey', publicKey }))).toBe(toHex(script));
  });

  it('name the prefix expected and got', () => {
    const other = { ...REGTEST_ADDRESSES, bech32Hrp: 'bcrtx' };
    const text = encodeAddress({ type: 'witnessKeyHash', hash: new Uint8Array(20) }, other) ?? '';
    expect(decodeAddress(text, REGTEST_ADDRESSES)).toEqual({
      error: 'Invalid or unsupported prefix for Segwit (Bech32) address (expected bcrt, got bcrtx).',
      locations: [],
    });
  });
});

describe('addresses of a key', () => {
  it('are segwit for compressed keys only', () => {
    const compressed = testKey(7).publicKey;
    const uncompressed = testKey(7, false).publicKey;
    expect(destinationForKey(compressed, 'legacy').type).toBe('keyHash');
    expect(destinationForKey(compressed, 'p2sh-segwit').type).toBe('scriptHash');
    expect(destinationForKey(compressed, 'bech32').type).toBe('witnessKeyHash');
    for (const type of ['legacy', 'p2sh-segwit', 'bech32'] as const)
      expect(destinationForKey(uncompressed, type).type).toBe('keyHash');
  });

  it('have an output type', () => {
    const hash = new Uint8Array(20);
    expect(outputTypeOfDestination({ type: 'keyHash', hash })).toBe('legacy');
    expect(outputTypeOfDestination({ type: 'scriptHash', hash })).toBe('legacy');
    expect(outputTypeOfDestination({ type: 'witnessKeyHash', hash: new Uint8Array(20) })).toBe('bech32');
    expect(outputTypeOfDestination({ type: 'taproot', outputKey: new Uint8Array(32) })).toBe('bech32m');
    expect(outputTypeOfDestination({ type: 'anchor' })).toBeUndefined();
    const { publicKey } = testKey(1);
    expect(outputTypeOfDestination({ type: 'publicKey', publicKey })).toBeUndefined();
  });

  it('are asked for by the names of output types', () => {
    expect(OUTPUT_TYPES.map(parseOutputType)).toEqual(['legacy', 'p2sh-segwit', 'bech32', 'bech32m']);
    expect(parseOutputType('segwit')).toBeUndefined();
  });
});
