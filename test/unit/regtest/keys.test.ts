import { expect, it } from 'vitest';
import { labKey, walletDescriptors } from '../../../regtest/keys.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { hash160 } from '../../../src/crypto/hash.js';
import { decodeAddress } from '../../../src/script/address.js';
import { splitChecksum } from '../../../src/script/descriptor/checksum.js';
import { decodeWif } from '../../../src/script/wif.js';

const PARAMS = chainParams('regtest').address;

it('a key follows from seed and owner', () => {
  expect(labKey(1, 'node0')).toEqual(labKey(1, 'node0'));
  expect(labKey(1, 'node0')).not.toEqual(labKey(1, 'node1'));
  expect(labKey(1, 'node0')).not.toEqual(labKey(2, 'node0'));
});

it('its address belongs to its private key', () => {
  const { address, wif } = labKey(5, 'node3');
  const key = decodeWif(wif, PARAMS);
  expect(decodeAddress(address, PARAMS)).toEqual({
    destination: { type: 'witnessKeyHash', hash: hash160(key?.publicKey ?? new Uint8Array()) },
  });
});

it('a wallet has the key, and keys of all address types for receiving and for change', () => {
  const requests = walletDescriptors(1, 'node0');
  const [key, ...ranged] = requests.map(({ desc }) => desc.replace(/\(.*/, ''));
  expect(key).toBe('wpkh');
  expect(ranged).toEqual(['pkh', 'pkh', 'sh', 'sh', 'wpkh', 'wpkh', 'tr', 'tr']);
  expect(requests.slice(1).map(({ internal }) => internal)).toEqual(
    [0, 1, 2, 3].flatMap(() => [false, true]),
  );
  expect(requests[0]?.desc).toContain(labKey(1, 'node0').wif);
  for (const { desc } of requests) expect(splitChecksum(desc, true)).toHaveProperty('payload');
});
