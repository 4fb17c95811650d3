import { chainParams } from '../src/consensus/networks.js';
import { hash160, sha256 } from '../src/crypto/hash.js';
import { defined } from '../src/runtime/errors.js';
import { encodeAddress } from '../src/script/address.js';
import { encodeExtendedPrivate, masterKeyFromSeed } from '../src/script/bip32.js';
import { addChecksum } from '../src/script/descriptor/checksum.js';
import { PrivateKey } from '../src/script/private-key.js';
import { encodeWif } from '../src/script/wif.js';
import type { ImportRequest } from './rpc-methods.js';

const PARAMS = chainParams('regtest').address;

/** A key that is known beforehand: the same seed and owner give the same key. For play money only. */
export interface LabKey {
  /** P2WPKH. */
  readonly address: string;
  /** The private key in wallet import format. */
  readonly wif: string;
}

/** The key of `owner`, such as a node's name, in the network with this seed. */
export function labKey(seed: number, owner: string): LabKey {
  const key = defined(PrivateKey.from(secretOf(seed, owner, 'key'), true), 'private key from a hash');
  const destination = { type: 'witnessKeyHash', hash: hash160(key.publicKey) } as const;
  return {
    address: defined(encodeAddress(destination, PARAMS), 'address of a key'),
    wif: encodeWif(key, PARAMS),
  };
}

/** Descriptors by address type, with their BIP's purpose in the path. */
const WALLET_DESCRIPTORS: readonly (readonly [purpose: number, wrap: (key: string) => string])[] = [
  [44, key => `pkh(${key})`],
  [49, key => `sh(wpkh(${key}))`],
  [84, key => `wpkh(${key})`],
  [86, key => `tr(${key})`],
];

/** What makes a blank wallet the owner's: the known key, and keys of all address types for receiving and change. */
export function walletDescriptors(seed: number, owner: string): ImportRequest[] {
  const master = defined(masterKeyFromSeed(secretOf(seed, owner, 'wallet')), 'master key from a hash');
  const extended = encodeExtendedPrivate(master, PARAMS);
  const { wif } = labKey(seed, owner);
  const ranged = WALLET_DESCRIPTORS.flatMap(([purpose, wrap]) =>
    [false, true].map(internal => ({
      desc: addChecksum(wrap(`${extended}/${purpose}h/1h/0h/${internal ? 1 : 0}/*`)),
      timestamp: 'now' as const,
      active: true,
      internal,
    })),
  );
  return [{ desc: addChecksum(`wpkh(${wif})`), timestamp: 'now', label: 'lab' }, ...ranged];
}

function secretOf(seed: number, owner: string, purpose: string): Uint8Array {
  return sha256(Buffer.from(`blocksmith regtest ${seed} ${owner} ${purpose}`, 'utf8'));
}
