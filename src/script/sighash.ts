/** Signature hashes of the three schemes, one file each. */
export { legacySignatureHash } from './sighash-legacy.js';
export {
  annexHash,
  NO_CODE_SEPARATOR,
  type TaprootSighashContext,
  taprootSignatureHash,
} from './sighash-taproot.js';
export { witnessV0SignatureHash } from './sighash-witness-v0.js';
