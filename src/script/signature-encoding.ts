import { isLowS } from '../crypto/ecdsa.js';
import type { ScriptErrorCode } from './errors.js';
import { ScriptFlag, type ScriptFlags } from './flags.js';
import { SigHash } from './hash-type.js';
import { SigVersion } from './sig-version.js';

const ANY_DER_FLAG = ScriptFlag.DERSIG | ScriptFlag.LOW_S | ScriptFlag.STRICTENC;

/**
 * True for strict DER with a hash type at the end (BIP66):
 * `30 <length> 02 <length of r> <r> 02 <length of s> <s> <hash type>`, r and s positive and as short as can be.
 */
export function isStrictDerSignature(signature: Uint8Array): boolean {
  const { length } = signature;
  if (length < 9 || length > 73) return false;
  if (signature[0] !== 0x30 || signature[1] !== length - 3) return false;
  const rLength = signature[3] as number;
  if (5 + rLength >= length) return false;
  const sLength = signature[5 + rLength] as number;
  if (rLength + sLength + 7 !== length) return false;
  return isPositiveInteger(signature, 2, rLength) && isPositiveInteger(signature, rLength + 4, sLength);
}

/** Checks the integer whose tag is at `at` and which has `length` bytes, known to be within the signature. */
function isPositiveInteger(signature: Uint8Array, at: number, length: number): boolean {
  if (signature[at] !== 0x02 || length === 0) return false;
  const first = signature[at + 2] as number;
  if ((first & 0x80) !== 0) return false;
  // A zero byte may lead only to keep the next from being read as a sign.
  return !(length > 1 && first === 0 && ((signature[at + 3] as number) & 0x80) === 0);
}

function hasDefinedHashType(signature: Uint8Array): boolean {
  const hashType = (signature[signature.length - 1] as number) & ~SigHash.ANYONECANPAY;
  return hashType >= SigHash.ALL && hashType <= SigHash.SINGLE;
}

/** Checks the form of an ECDSA signature as far as the flags ask; the empty one passes: it says "not signed". */
export function checkSignatureEncoding(signature: Uint8Array, flags: ScriptFlags): ScriptErrorCode {
  if (signature.length === 0) return 'OK';
  if ((flags & ANY_DER_FLAG) !== 0 && !isStrictDerSignature(signature)) return 'SIG_DER';
  if ((flags & ScriptFlag.LOW_S) !== 0 && !isLowS(signature.subarray(0, signature.length - 1))) {
    return 'SIG_HIGH_S';
  }
  if ((flags & ScriptFlag.STRICTENC) !== 0 && !hasDefinedHashType(signature)) return 'SIG_HASHTYPE';
  return 'OK';
}

/** True for 33 bytes after 02 or 03. */
export function isCompressedPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === 33 && (publicKey[0] === 2 || publicKey[0] === 3);
}

/** Checks the form of a public key as far as the flags ask. */
export function checkPublicKeyEncoding(
  publicKey: Uint8Array,
  flags: ScriptFlags,
  sigVersion: SigVersion,
): ScriptErrorCode {
  const compressed = isCompressedPublicKey(publicKey);
  if ((flags & ScriptFlag.STRICTENC) !== 0 && !compressed) {
    if (publicKey.length !== 65 || publicKey[0] !== 4) return 'PUBKEYTYPE';
  }
  if ((flags & ScriptFlag.WITNESS_PUBKEYTYPE) !== 0 && sigVersion === SigVersion.WITNESS_V0 && !compressed) {
    return 'WITNESS_PUBKEYTYPE';
  }
  return 'OK';
}
