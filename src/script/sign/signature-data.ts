import { EMPTY_BYTES, type Hash256, type HashKey } from '../../primitives/bytes.js';
import type { KeyOrigin, KeyWithOrigin } from '../signing-provider.js';
import type { TaprootLeaf, TaprootSpendData } from '../taproot.js';

export interface PartialSignature {
  readonly publicKey: Uint8Array;
  /** DER with hash type. */
  readonly signature: Uint8Array;
}

/** An x-only key of a taproot input with the leaves that it signs; no leaves for the internal key. */
export interface TaprootKeyUse {
  readonly xOnlyKey: Uint8Array;
  /** Leaf hashes, by `hashKey()`. */
  readonly leafHashes: Map<HashKey, Hash256>;
  readonly origin: KeyOrigin;
}

export interface TaprootScriptSignature {
  readonly xOnlyKey: Uint8Array;
  readonly leafHash: Hash256;
  /** 64 bytes, or 65 with a hash type. */
  readonly signature: Uint8Array;
}

/**
 * What is known of an input's signatures while it is being signed: filled from PSBTs and half-signed transactions,
 * added to by signing. Map keys are `hashKey()` of key ids (HASH160 of the key).
 */
export class SignatureData {
  /** `scriptSig` and `witness` spend the output as they are. */
  complete = false;
  /** The output, or the redeem script of it, is a witness program. */
  isWitness = false;
  scriptSig: Uint8Array = EMPTY_BYTES;
  witness: readonly Uint8Array[] = [];
  redeemScript: Uint8Array | undefined;
  witnessScript: Uint8Array | undefined;

  readonly signatures = new Map<HashKey, PartialSignature>();
  /** Other keys involved, with their origins. */
  readonly keyOrigins = new Map<HashKey, KeyWithOrigin>();

  taproot: TaprootSpendData = { internalKey: undefined, merkleRoot: undefined, scripts: [] };
  taprootTree: readonly TaprootLeaf[] | undefined;
  taprootKeySignature: Uint8Array | undefined;
  /** By `hashKey()` of x-only key and leaf hash, one after the other. */
  readonly taprootScriptSignatures = new Map<HashKey, TaprootScriptSignature>();
  /** By `hashKey()` of the x-only key. */
  readonly taprootKeyUses = new Map<HashKey, TaprootKeyUse>();
  /** x-only keys by the HASH160 under which scripts may name them. */
  readonly xOnlyKeys = new Map<HashKey, Uint8Array>();

  /** Ids of keys that signing looked for in vain. */
  readonly missingPublicKeys: Uint8Array[] = [];
  /** Ids of keys whose signatures are still missing. */
  readonly missingSignatures: Uint8Array[] = [];
  /** HASH160 of a redeem script that was not found. */
  missingRedeemScript: Uint8Array | undefined;
  /** SHA-256 of a witness script that was not found. */
  missingWitnessScript: Uint8Array | undefined;

  /** Takes in what another copy of the same input has: all of it if that copy is complete. */
  merge(other: SignatureData): void {
    if (this.complete) return;
    if (other.complete) {
      this.complete = true;
      this.isWitness = other.isWitness;
      this.scriptSig = other.scriptSig;
      this.witness = other.witness;
    }
    this.redeemScript ??= other.redeemScript;
    this.witnessScript ??= other.witnessScript;
    for (const [id, signature] of other.signatures)
      if (!this.signatures.has(id)) this.signatures.set(id, signature);
  }
}
