import { describe, expect, it } from 'vitest';
import { hash160 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  CombinedProvider,
  EMPTY_PROVIDER,
  FlatProvider,
  findByXOnly,
  HidingProvider,
  type SigningProvider,
} from '../../../src/script/signing-provider.js';
import { buildTaproot } from '../../../src/script/taproot.js';
import { testKey } from '../../support/script-keys.js';

const key = testKey(1);
const keyId = hash160(key.publicKey);
const script = Uint8Array.of(0x51);
const scriptId = hash160(script);
const origin = { fingerprint: new Uint8Array(4), path: [1, 2] };
const taproot = defined(buildTaproot(xOnly(key.publicKey), []), 'output');

function full(): FlatProvider {
  const provider = new FlatProvider();
  provider.addPrivateKey(key);
  provider.addScript(script);
  provider.addOrigin(key.publicKey, origin);
  provider.addTaproot(taproot);
  return provider;
}

/** What a provider knows of the five things in {@link full}. */
function known(provider: SigningProvider): string[] {
  const answers = {
    script: provider.script(scriptId),
    publicKey: provider.publicKey(keyId),
    privateKey: provider.privateKey(keyId),
    keyOrigin: provider.keyOrigin(keyId),
    taproot: provider.taproot(taproot.outputKey),
  };
  return Object.entries(answers).flatMap(([name, answer]) => (answer === undefined ? [] : [name]));
}

const ALL = ['script', 'publicKey', 'privateKey', 'keyOrigin', 'taproot'];

describe('providers', () => {
  it('know what was put into them', () => {
    expect(known(full())).toEqual(ALL);
    expect(known(EMPTY_PROVIDER)).toEqual([]);
  });

  it('combined know what any of them does', () => {
    expect(known(new CombinedProvider([EMPTY_PROVIDER, full()]))).toEqual(ALL);
    expect(known(new CombinedProvider([EMPTY_PROVIDER]))).toEqual([]);
    const first = new FlatProvider();
    first.addOrigin(key.publicKey, { ...origin, path: [3] });
    expect(new CombinedProvider([first, full()]).keyOrigin(keyId)?.path).toEqual([3]);
  });

  it('may hide private keys, origins, or both', () => {
    const hide = (privateKeys: boolean, origins: boolean) =>
      known(new HidingProvider(full(), { privateKeys, origins }));
    expect(hide(false, false)).toEqual(ALL);
    expect(hide(true, false)).toEqual(ALL.filter(name => name !== 'privateKey'));
    expect(hide(false, true)).toEqual(ALL.filter(name => name !== 'keyOrigin'));
    expect(hide(true, true)).toEqual(['script', 'publicKey', 'taproot']);
  });

  it('keep what they have when others are merged in', () => {
    const own = new FlatProvider();
    own.addOrigin(key.publicKey, { ...origin, path: [3] });
    expect(known(own.merge(full()))).toEqual(['script', 'publicKey', 'privateKey', 'keyOrigin', 'taproot']);
    expect(own.keyOrigin(keyId)?.path).toEqual([3]);
  });

  it('find a full key by its x coordinate, even or odd', () => {
    const provider = full();
    const found = findByXOnly(xOnly(key.publicKey), id => provider.publicKey(id));
    expect(found).toEqual(key.publicKey);
    expect(findByXOnly(new Uint8Array(32), id => provider.publicKey(id))).toBeUndefined();
  });
});
