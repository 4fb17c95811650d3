import { signEcdsa, signSchnorr, tweakPrivateKeyXOnly, xOnly } from '../../crypto/keys.js';
import { isMoney } from '../../primitives/amount.js';
import { concatBytes, type Hash256 } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import { type SignatureChecker, TransactionChecker } from '../checker.js';
import { SigHash } from '../hash-type.js';
import { SigVersion } from '../sig-version.js';
import { legacySignatureHash, taprootSignatureHash, witnessV0SignatureHash } from '../sighash.js';
import { findByXOnly, type SigningProvider } from '../signing-provider.js';
import { tapTweakHash } from '../taproot-hash.js';
import type { PrecomputedTxData, SpentOutput } from '../tx-data.js';

/** What a Schnorr signature is for: the key path with or without tweak, or a leaf. */
export type SchnorrPurpose =
  /** The key is the output key itself. */
  | { readonly type: 'outputKey' }
  /** The key is the internal key. */
  | { readonly type: 'internalKey'; readonly merkleRoot: Hash256 | undefined }
  | { readonly type: 'leaf'; readonly leafHash: Hash256 };

/** Makes signatures for one input, and judges whether the input is complete with them. */
export interface SignatureCreator {
  readonly checker: SignatureChecker;
  /** DER signature with hash type by the key of that id; undefined when it cannot be made. */
  createEcdsa(
    provider: SigningProvider,
    keyId: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): Uint8Array | undefined;
  /** 64-byte signature, or 65 with a hash type that is not the default; undefined when it cannot be made. */
  createSchnorr(
    provider: SigningProvider,
    xOnlyKey: Uint8Array,
    purpose: SchnorrPurpose,
  ): Uint8Array | undefined;
}

/** BIP340 randomness: all zero, as Core signs, so that signatures are reproducible. */
const NO_RANDOMNESS = new Uint8Array(32);

/** Signs an input of a real transaction. */
export class TransactionSigner implements SignatureCreator {
  readonly checker: SignatureChecker;

  /**
   * @param hashType SIGHASH_DEFAULT signs as ALL where that does not exist
   * @param txdata with the outputs spent, or taproot inputs are not signed
   */
  constructor(
    tx: Transaction,
    private readonly inputIndex: number,
    private readonly spent: SpentOutput,
    private readonly txdata: PrecomputedTxData,
    private readonly hashType: number,
  ) {
    this.checker = new TransactionChecker(tx, inputIndex, spent.value, txdata);
  }

  createEcdsa(
    provider: SigningProvider,
    keyId: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): Uint8Array | undefined {
    const key = provider.privateKey(keyId);
    if (key === undefined) return undefined;
    const isWitness = sigVersion === SigVersion.WITNESS_V0;
    const { value } = this.spent;
    // Witness signatures commit to the amount, so it must be known; uncompressed keys are not standard there.
    if (isWitness && (!key.compressed || !isMoney(value))) return undefined;
    const hashType = this.hashType === SigHash.DEFAULT ? SigHash.ALL : this.hashType;
    const hash = isWitness
      ? witnessV0SignatureHash(this.txdata, this.inputIndex, scriptCode, value, hashType)
      : legacySignatureHash(this.txdata, this.inputIndex, scriptCode, hashType);
    return concatBytes(signEcdsa(key.secret, hash), Uint8Array.of(hashType));
  }

  createSchnorr(
    provider: SigningProvider,
    xOnlyKey: Uint8Array,
    purpose: SchnorrPurpose,
  ): Uint8Array | undefined {
    const key = findByXOnly(xOnlyKey, id => provider.privateKey(id));
    if (key === undefined) return undefined;
    const leafHash = purpose.type === 'leaf' ? purpose.leafHash : undefined;
    const hash = taprootSignatureHash(this.txdata, this.inputIndex, this.hashType, { leafHash });
    const secret =
      purpose.type === 'internalKey'
        ? tweakPrivateKeyXOnly(key.secret, tapTweakHash(xOnly(key.publicKey), purpose.merkleRoot))
        : key.secret;
    const signature = hash && secret && signSchnorr(secret, hash, NO_RANDOMNESS);
    if (signature === undefined || this.hashType === SigHash.DEFAULT) return signature;
    return concatBytes(signature, Uint8Array.of(this.hashType));
  }
}

/** Takes any signature that is not empty, and any lock time. */
const ACCEPT_ALL: SignatureChecker = {
  checkEcdsa: signature => signature.length > 0,
  checkSchnorr: signature => (signature.length > 0 ? 'OK' : 'SCHNORR_SIG'),
  checkLockTime: () => true,
  checkSequence: () => true,
};

/** A well-formed DER signature of r and s with `rLength` and 32 bytes and hash type ALL. */
function dummyDer(rLength: number): Uint8Array {
  const sLength = 32;
  const der = new Uint8Array(rLength + sLength + 7);
  der.set([0x30, rLength + sLength + 4, 0x02, rLength, 0x01]);
  der.set([0x02, sLength, 0x01], 4 + rLength);
  der[der.length - 1] = SigHash.ALL;
  return der;
}

/** Makes placeholders of the right size, to see whether an input could be signed and how large it would be. */
export class DummySigner implements SignatureCreator {
  readonly checker = ACCEPT_ALL;
  private readonly der: Uint8Array;

  /** @param maximum ECDSA signatures of 72 bytes (high r) rather than 71 */
  constructor(maximum = false) {
    this.der = dummyDer(maximum ? 33 : 32);
  }

  createEcdsa(): Uint8Array {
    return this.der;
  }

  createSchnorr(): Uint8Array {
    return new Uint8Array(64);
  }
}
