import { hash160 } from '../crypto/hash.js';
import type { Destination } from './address.js';
import { isCompressedKey } from './public-key.js';
import { p2wpkh } from './templates.js';

/** Kinds of addresses that a user may ask for, by the names that RPC and options use. */
export type OutputType = 'legacy' | 'p2sh-segwit' | 'bech32' | 'bech32m';

export const OUTPUT_TYPES: readonly OutputType[] = ['legacy', 'p2sh-segwit', 'bech32', 'bech32m'];

export function parseOutputType(text: string): OutputType | undefined {
  return OUTPUT_TYPES.find(type => type === text);
}

/** Kind of address that a destination is written as; undefined for P2PK and, as in Core, anchors. P2SH counts as legacy. */
export function outputTypeOfDestination(destination: Destination): OutputType | undefined {
  switch (destination.type) {
    case 'publicKey':
    case 'anchor':
      return undefined;
    case 'keyHash':
    case 'scriptHash':
      return 'legacy';
    case 'witnessKeyHash':
    case 'witnessScriptHash':
      return 'bech32';
    case 'taproot':
    case 'witnessUnknown':
      return 'bech32m';
  }
}

/**
 * Where a single key receives. Segwit takes only compressed keys, so an uncompressed one falls back to P2PKH. Taproot is
 * not offered: its output key is derived, not the key itself.
 */
export function destinationForKey(publicKey: Uint8Array, type: Exclude<OutputType, 'bech32m'>): Destination {
  const hash = hash160(publicKey);
  if (type === 'legacy' || !isCompressedKey(publicKey)) return { type: 'keyHash', hash };
  if (type === 'bech32') return { type: 'witnessKeyHash', hash };
  return { type: 'scriptHash', hash: hash160(p2wpkh(hash)) };
}
