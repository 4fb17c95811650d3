import { hash160 } from '../crypto/hash.js';
import { type Destination, destinationOfScript } from './address.js';
import { findByXOnly, type SigningProvider } from './signing-provider.js';

/**
 * Id of the one key that a destination belongs to: P2PKH, P2WPKH, the latter in P2SH, and taproot without scripts.
 * Undefined for others and where `provider` does not know the script or key.
 */
export function keyIdOfDestination(
  destination: Destination,
  provider: SigningProvider,
): Uint8Array | undefined {
  switch (destination.type) {
    case 'keyHash':
    case 'witnessKeyHash':
      return destination.hash;
    case 'scriptHash': {
      const redeemScript = provider.script(destination.hash);
      const inner = redeemScript && destinationOfScript(redeemScript);
      return inner?.type === 'witnessKeyHash' ? inner.hash : undefined;
    }
    case 'taproot': {
      const output = provider.taproot(destination.outputKey);
      if (output === undefined || output.merkleRoot !== undefined) return undefined;
      const publicKey = findByXOnly(output.internalKey, id => provider.publicKey(id));
      return publicKey && hash160(publicKey);
    }
    default:
      return undefined;
  }
}
