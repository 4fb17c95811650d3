import { describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { defined } from '../../../src/runtime/errors.js';
import { DescriptorCache } from '../../../src/script/descriptor/cache.js';
import type { Descriptor } from '../../../src/script/descriptor/descriptor.js';
import { parseDescriptor } from '../../../src/script/descriptor/parse.js';
import { PrivateKey } from '../../../src/script/private-key.js';
import { KnownDescriptors } from '../../../src/wallet/keys/known-descriptors.js';
import { descriptorId } from '../../../src/wallet/keys/wallet-descriptor.js';
import type { StoredDescriptor } from '../../../src/wallet/store/wallet-loader.js';

const TEXT = 'wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)';
const KEY = defined(PrivateKey.from(new Uint8Array(32).fill(1), true), 'a key');

function parse(): Descriptor {
  const parsed = parseDescriptor(TEXT, chainParams('regtest').address);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.descriptor;
}

function stored(privateKeys: readonly PrivateKey[]): StoredDescriptor {
  const id = descriptorId(parse());
  const record = { id, text: TEXT, creationTime: 0, rangeStart: 0, rangeEnd: 0, nextIndex: 0 };
  return { record, cache: new DescriptorCache(), privateKeys };
}

describe('descriptors that are known in a process', () => {
  it('are parsed once for wallets with the same keys', () => {
    const known = new KnownDescriptors();
    const first = known.find(stored([KEY]), parse);
    const second = known.find(stored([KEY]), () => {
      throw new Error('parsed again');
    });
    expect(second).toBe(first);
  });

  it('are not shared with a wallet that only watches: it must not derive what takes the key', () => {
    const known = new KnownDescriptors();
    const owner = known.find(stored([KEY]), parse);
    const watcher = known.find(stored([]), parse);
    expect(watcher.descriptor).not.toBe(owner.descriptor);
    expect(watcher.privateKeys).toEqual([]);
  });
});
