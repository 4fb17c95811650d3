import { randomBytes } from 'node:crypto';
import type { ChainParams } from '../../consensus/params.js';
import { defined } from '../../runtime/errors.js';
import {
  type ExtendedPrivateKey,
  encodeExtendedPublic,
  masterKeyFromSeed,
  neuter,
} from '../../script/bip32.js';
import type { OutputType } from '../../script/output-type.js';

/** Bytes of a wallet's seed. */
export const SEED_SIZE = 32;

export function randomSeed(): Uint8Array {
  return randomBytes(SEED_SIZE);
}

/** The key all others of a wallet follow from. */
export function masterKey(seed: Uint8Array): ExtendedPrivateKey {
  return defined(masterKeyFromSeed(seed), 'master key: a seed without one is met with odds of 2^-127');
}

/** Purpose of each kind of address: the first step of its path (BIPs 44, 49, 84, 86). */
const PURPOSE: Readonly<Record<OutputType, number>> = {
  legacy: 44,
  'p2sh-segwit': 49,
  bech32: 84,
  bech32m: 86,
};

/** Public text, without checksum, of the descriptor for a kind of addresses, as Core sets wallets up. */
export function standardDescriptor(
  master: ExtendedPrivateKey,
  type: OutputType,
  internal: boolean,
  params: ChainParams,
): string {
  const coinType = params.isTestChain ? 1 : 0;
  const xpub = encodeExtendedPublic(neuter(master), params.address);
  const key = `${xpub}/${PURPOSE[type]}h/${coinType}h/0h/${internal ? 1 : 0}/*`;
  switch (type) {
    case 'legacy':
      return `pkh(${key})`;
    case 'p2sh-segwit':
      return `sh(wpkh(${key}))`;
    case 'bech32':
      return `wpkh(${key})`;
    case 'bech32m':
      return `tr(${key})`;
  }
}
