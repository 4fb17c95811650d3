import { chainParams } from '../../src/consensus/networks.js';
import { hash160 } from '../../src/crypto/hash.js';
import { defined } from '../../src/runtime/errors.js';
import { encodeAddress } from '../../src/script/address.js';
import type { AddressParams } from '../../src/script/address-params.js';
import {
  derivePath,
  type ExtendedPrivateKey,
  encodeExtendedPrivate,
  masterKeyFromSeed,
} from '../../src/script/bip32.js';
import { addChecksum } from '../../src/script/descriptor/checksum.js';
import { parseKeyPath } from '../../src/script/key-path.js';
import { PrivateKey } from '../../src/script/private-key.js';
import { encodeWif } from '../../src/script/wif.js';
import type { ImportRequest } from '../rpc/methods/index.js';
import { seedOfMnemonic } from './mnemonic.js';

const PARAMS = chainParams('regtest').address;

/** A key that is known beforehand. For play money only. */
export interface LabKey {
  /** P2WPKH. */
  readonly address: string;
  /** The private key in wallet import format. */
  readonly wif: string;
}

/** BIP84 account 0 holds the lab's accounts; what follows is apart from them, so that no key has two owners. */
const FAUCET_ACCOUNT = 1;
const FIRST_WALLET_ACCOUNT = 2;

/** Descriptors by address type, with their BIP's purpose in the path. */
const WALLET_DESCRIPTORS: readonly (readonly [purpose: number, wrap: (key: string) => string])[] = [
  [44, key => `pkh(${key})`],
  [49, key => `sh(wpkh(${key}))`],
  [84, key => `wpkh(${key})`],
  [86, key => `tr(${key})`],
];

/** Where the lab's account with this number is below the master key. */
export function accountPath(index: number): string {
  return `m/84'/1'/0'/0/${index}`;
}

/** The master key of a mnemonic. */
export function masterOf(mnemonic: string): ExtendedPrivateKey {
  return defined(masterKeyFromSeed(seedOfMnemonic(mnemonic)), 'master key of a mnemonic');
}

/** The key at a path such as `m/84'/1'/0'/0/0`, with its P2WPKH address in the network of `params`. */
export function keyAt(master: ExtendedPrivateKey, path: string, params: AddressParams = PARAMS): LabKey {
  const derived = derivePath(master, defined(parseKeyPath(path), `path ${path}`));
  const { secret } = defined(derived, `key at ${path}`);
  const key = defined(PrivateKey.from(secret, true), `key at ${path}`);
  const destination = { type: 'witnessKeyHash', hash: hash160(key.publicKey) } as const;
  return {
    address: defined(encodeAddress(destination, params), 'address of a key'),
    wif: encodeWif(key, params),
  };
}

/** All keys of a network, from its mnemonic: those of the accounts, of the faucet, and of the nodes' wallets. */
export class LabKeys {
  readonly faucet: LabKey;
  private readonly master: ExtendedPrivateKey;

  /** @param mnemonic as `parseMnemonic` gives it */
  constructor(readonly mnemonic: string) {
    this.master = masterOf(mnemonic);
    this.faucet = keyAt(this.master, `m/84'/1'/${FAUCET_ACCOUNT}'/0/0`);
  }

  /** The key of the account with this number; those from 0 on are the nodes'. */
  account(index: number): LabKey {
    return keyAt(this.master, accountPath(index));
  }

  /** What makes a blank wallet that of a node: its account's key, and keys of all address types for receiving and change. */
  walletDescriptors(node: number): ImportRequest[] {
    const extended = encodeExtendedPrivate(this.master, PARAMS);
    const account = FIRST_WALLET_ACCOUNT + node;
    const ranged = WALLET_DESCRIPTORS.flatMap(([purpose, wrap]) =>
      [false, true].map(internal => ({
        desc: addChecksum(wrap(`${extended}/${purpose}h/1h/${account}h/${internal ? 1 : 0}/*`)),
        timestamp: 'now' as const,
        active: true,
        internal,
      })),
    );
    const own = addChecksum(`wpkh(${this.account(node).wif})`);
    return [{ desc: own, timestamp: 'now', label: 'lab' }, ...ranged];
  }
}
