import { describe, expect, it } from 'vitest';
import { hash160 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import type { Destination } from '../../../src/script/address.js';
import { keyIdOfDestination } from '../../../src/script/key-of-destination.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { EMPTY_PROVIDER, FlatProvider } from '../../../src/script/signing-provider.js';
import { buildTaproot } from '../../../src/script/taproot.js';
import { p2pk, p2wpkh } from '../../../src/script/templates.js';
import { testKey } from '../../support/script-keys.js';

const { publicKey } = testKey(1);
const keyId = hash160(publicKey);

function idOf(destination: Destination, provider = new FlatProvider()): string | undefined {
  const id = keyIdOfDestination(destination, provider);
  return id && toHex(id);
}

describe('the one key of a destination', () => {
  it('is named in P2PKH and P2WPKH', () => {
    expect(idOf({ type: 'keyHash', hash: keyId })).toBe(toHex(keyId));
    expect(idOf({ type: 'witnessKeyHash', hash: keyId })).toBe(toHex(keyId));
  });

  it('is named in the redeem script of P2SH, if that is known and P2WPKH', () => {
    const provider = new FlatProvider();
    const nested = p2wpkh(keyId);
    const other = p2pk(publicKey);
    const destination = (script: Uint8Array) => ({ type: 'scriptHash' as const, hash: hash160(script) });
    expect(idOf(destination(nested), provider)).toBeUndefined();
    provider.addScript(nested);
    provider.addScript(other);
    expect(idOf(destination(nested), provider)).toBe(toHex(keyId));
    expect(idOf(destination(other), provider)).toBeUndefined();
  });

  it('is the internal key of a taproot output without scripts, if that is known', () => {
    const provider = new FlatProvider();
    const internalKey = xOnly(publicKey);
    const plain = defined(buildTaproot(internalKey, []), 'output');
    const leaf = { depth: 0, leafVersion: TAPROOT_LEAF_TAPSCRIPT, script: p2pk(internalKey) };
    const withScript = defined(buildTaproot(internalKey, [leaf]), 'output');
    const destination = ({ outputKey }: { outputKey: Uint8Array }) => ({
      type: 'taproot' as const,
      outputKey,
    });
    expect(idOf(destination(plain), provider)).toBeUndefined();
    provider.addTaproot(plain);
    provider.addTaproot(withScript);
    expect(idOf(destination(plain), provider)).toBeUndefined();
    provider.addPublicKey(publicKey);
    expect(idOf(destination(plain), provider)).toBe(toHex(keyId));
    expect(idOf(destination(withScript), provider)).toBeUndefined();
  });

  it('does not exist elsewhere', () => {
    expect(keyIdOfDestination({ type: 'anchor' }, EMPTY_PROVIDER)).toBeUndefined();
    expect(idOf({ type: 'witnessScriptHash', hash: new Uint8Array(32) })).toBeUndefined();
  });
});
