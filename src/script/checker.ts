import { curve } from '../crypto/curve.js';
import { verifyEcdsaDer } from '../crypto/ecdsa.js';
import { hasPublicKeyForm } from '../crypto/public-key-form.js';
import type { SchnorrBackend } from '../crypto/secp256k1.js';
import { bytesEqual, type Hash256, ZERO_HASH } from '../primitives/bytes.js';
import {
  SEQUENCE_LOCKTIME_DISABLE_FLAG,
  SEQUENCE_LOCKTIME_MASK,
  SEQUENCE_LOCKTIME_TYPE_FLAG,
} from '../primitives/sequence.js';
import { SEQUENCE_FINAL, type Transaction } from '../primitives/transaction.js';
import type { ScriptErrorCode } from './errors.js';
import { SigHash } from './hash-type.js';
import { LOCKTIME_THRESHOLD } from './limits.js';
import { SigVersion } from './sig-version.js';
import { legacySignatureHash, taprootSignatureHash, witnessV0SignatureHash } from './sighash.js';
import type { SignatureCache } from './signature-cache.js';
import type { PrecomputedTxData } from './tx-data.js';

/** Versions from this on give sequence numbers the meaning of BIP68. Versions are compared unsigned. */
const RELATIVE_LOCK_VERSION = 2;

/** State of a taproot input that its signatures commit to. */
export interface TaprootExecution {
  annexHash: Hash256 | undefined;
  /** Undefined for the key path. */
  leafHash: Hash256 | undefined;
  codeSeparatorPosition: number;
  /** What is left of the budget for signature checks (BIP342), in weight units. */
  validationWeightLeft: number;
}

/** What a running script asks about the transaction it is in. */
export interface SignatureChecker {
  /**
   * @param signature DER with the hash type at the end
   * @param scriptCode what the signature covers of the script; see {@link legacySignatureHash}
   */
  checkEcdsa(
    signature: Uint8Array,
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): boolean;
  /** @param signature 64 bytes, or 65 with a hash type that is not the default; any other length is an error */
  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, execution: TaprootExecution): ScriptErrorCode;
  /** OP_CHECKLOCKTIMEVERIFY: `lockTime` ≥ 0 is not later than the transaction's (BIP65). */
  checkLockTime(lockTime: number): boolean;
  /** OP_CHECKSEQUENCEVERIFY: `sequence` ≥ 0 is not more than the input's (BIP112). */
  checkSequence(sequence: number): boolean;
}

/** Decides on Schnorr signatures of 64 bytes: the curve, or who checks them later. */
export type SchnorrVerifier = Pick<SchnorrBackend, 'verifySchnorr'>;

/** Refuses every signature and lock time: for scripts outside of any transaction. */
export const NO_SIGNATURES: SignatureChecker = {
  checkEcdsa: () => false,
  checkSchnorr: () => 'SCHNORR_SIG',
  checkLockTime: () => false,
  checkSequence: () => false,
};

/** Checks the signatures and lock times of one input of a transaction; its script may be run under several sets of flags. */
export class TransactionChecker implements SignatureChecker {
  private lastScriptCode: Uint8Array | undefined;
  private lastSigVersion: SigVersion = SigVersion.BASE;
  private lastHashType = -1;
  private lastHash: Hash256 = ZERO_HASH;
  /** An ECDSA signature that was good for {@link lastHash}, with its key. */
  private goodSignature: Uint8Array | undefined;
  private goodPublicKey: Uint8Array | undefined;

  /**
   * @param value satoshis of the output spent; committed to by witness version 0
   * @param txdata shared by the inputs of the transaction; with the spent outputs if taproot is to be checked
   * @param cache signatures known to be good are taken from it, and new ones are put in
   * @param schnorr decides on Schnorr signatures; with a cache, at once
   */
  constructor(
    private readonly tx: Transaction,
    private readonly inputIndex: number,
    private readonly value: number,
    private readonly txdata: PrecomputedTxData,
    private readonly cache?: SignatureCache,
    private readonly schnorr: SchnorrVerifier = curve,
  ) {}

  checkEcdsa(
    signature: Uint8Array,
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): boolean {
    if (!hasPublicKeyForm(publicKey) || signature.length === 0) return false;
    const hashType = signature[signature.length - 1] as number;
    const der = signature.subarray(0, signature.length - 1);
    const hash = this.ecdsaSignatureHash(scriptCode, sigVersion, hashType);
    // Elements of a stack are never changed: the script is run once more, under other flags.
    if (this.goodSignature === signature && this.goodPublicKey === publicKey) return true;
    if (!this.isGood(der, hash, publicKey)) return false;
    this.goodSignature = signature;
    this.goodPublicKey = publicKey;
    return true;
  }

  private isGood(der: Uint8Array, hash: Hash256, publicKey: Uint8Array): boolean {
    const { cache } = this;
    if (cache === undefined) return verifyEcdsaDer(der, hash, publicKey);
    const key = cache.key('ecdsa', hash, publicKey, der);
    if (cache.has(key)) return true;
    if (!verifyEcdsaDer(der, hash, publicKey)) return false;
    cache.add(key);
    return true;
  }

  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, execution: TaprootExecution): ScriptErrorCode {
    let hashType: number = SigHash.DEFAULT;
    if (signature.length === 65) {
      hashType = signature[64] as number;
      if (hashType === SigHash.DEFAULT) return 'SCHNORR_SIG_HASHTYPE';
    } else if (signature.length !== 64) return 'SCHNORR_SIG_SIZE';
    if (this.txdata.spentOutputs === undefined) return 'UNKNOWN_ERROR';
    const hash = taprootSignatureHash(this.txdata, this.inputIndex, hashType, execution);
    if (hash === undefined) return 'SCHNORR_SIG_HASHTYPE';
    const bare = signature.length === 64 ? signature : signature.subarray(0, 64);
    const { cache, schnorr } = this;
    if (cache === undefined) return schnorr.verifySchnorr(bare, hash, publicKey) ? 'OK' : 'SCHNORR_SIG';
    const key = cache.key('schnorr', hash, publicKey, bare);
    if (cache.has(key)) return 'OK';
    if (!schnorr.verifySchnorr(bare, hash, publicKey)) return 'SCHNORR_SIG';
    cache.add(key);
    return 'OK';
  }

  checkLockTime(lockTime: number): boolean {
    const own = this.tx.lockTime;
    if (own < LOCKTIME_THRESHOLD !== lockTime < LOCKTIME_THRESHOLD) return false;
    // A final input would switch off the transaction's lock time, and with it what this promises.
    return lockTime <= own && this.sequence !== SEQUENCE_FINAL;
  }

  checkSequence(sequence: number): boolean {
    if (this.tx.version >>> 0 < RELATIVE_LOCK_VERSION) return false;
    const own = this.sequence;
    if (own >= SEQUENCE_LOCKTIME_DISABLE_FLAG) return false;
    const wanted = sequence & (SEQUENCE_LOCKTIME_TYPE_FLAG | SEQUENCE_LOCKTIME_MASK);
    const given = own & (SEQUENCE_LOCKTIME_TYPE_FLAG | SEQUENCE_LOCKTIME_MASK);
    if (wanted < SEQUENCE_LOCKTIME_TYPE_FLAG !== given < SEQUENCE_LOCKTIME_TYPE_FLAG) return false;
    return wanted <= given;
  }

  /** OP_CHECKMULTISIG asks for the same hash once for every key that it tries, so the last one is kept. */
  private ecdsaSignatureHash(scriptCode: Uint8Array, sigVersion: SigVersion, hashType: number): Hash256 {
    const { lastScriptCode } = this;
    const isSameScript =
      lastScriptCode === scriptCode ||
      (lastScriptCode !== undefined && bytesEqual(lastScriptCode, scriptCode));
    if (!isSameScript || this.lastHashType !== hashType || this.lastSigVersion !== sigVersion) {
      this.goodSignature = undefined;
      this.lastHash =
        sigVersion === SigVersion.WITNESS_V0
          ? witnessV0SignatureHash(this.txdata, this.inputIndex, scriptCode, this.value, hashType)
          : legacySignatureHash(this.txdata, this.inputIndex, scriptCode, hashType);
      this.lastScriptCode = scriptCode;
      this.lastSigVersion = sigVersion;
      this.lastHashType = hashType;
    }
    return this.lastHash;
  }

  private get sequence(): number {
    return this.tx.sequence(this.inputIndex);
  }
}
