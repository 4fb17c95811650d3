import { sha256d } from '../crypto/hash.js';
import type { Block } from '../primitives/block.js';
import { asBuffer, concatBytes, type Hash256, ZERO_HASH } from '../primitives/bytes.js';
import { merkleRoot } from '../primitives/merkle.js';
import { Transaction } from '../primitives/transaction.js';

/** What {@link witnessCommitmentIndex} says of a coinbase without a commitment. */
export const NO_WITNESS_COMMITMENT = -1;

/** Bytes before the hash in a commitment's script: OP_RETURN, a push of 36 bytes, the mark (BIP141). */
const COMMITMENT_PREFIX = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);

/** Shortest script that is a commitment; more may follow (signet's block signature does). */
export const MIN_WITNESS_COMMITMENT_SIZE = COMMITMENT_PREFIX.length + 32;

/** Index of the last output of the block's coinbase that commits to the witnesses, or NO_WITNESS_COMMITMENT. */
export function witnessCommitmentIndex(block: Block): number {
  const outputs = block.transactions[0]?.outputs ?? [];
  return outputs.findLastIndex(output => isWitnessCommitment(output.script));
}

function isWitnessCommitment(script: Uint8Array): boolean {
  return (
    script.length >= MIN_WITNESS_COMMITMENT_SIZE &&
    asBuffer(script).compare(COMMITMENT_PREFIX, 0, COMMITMENT_PREFIX.length, 0, COMMITMENT_PREFIX.length) ===
      0
  );
}

/** The hash in a commitment's script. */
export function committedHash(script: Uint8Array): Hash256 {
  return script.subarray(COMMITMENT_PREFIX.length, MIN_WITNESS_COMMITMENT_SIZE);
}

/**
 * Merkle root of the wtxids, the coinbase's taken as zero (its witness holds the nonce of this very tree). Malleation
 * cannot come in here: the tree of txids has the same shape and is checked for it.
 */
export function witnessMerkleRoot(block: Block): Hash256 {
  return rootBesideCoinbase(block.transactions.slice(1));
}

function rootBesideCoinbase(transactions: readonly Transaction[]): Hash256 {
  Transaction.makeWtxids(transactions);
  return merkleRoot([ZERO_HASH, ...transactions.map(tx => tx.wtxid)]).root;
}

/** The hash that the coinbase commits to: of the witness merkle root and the coinbase's reserved value. */
export function witnessCommitmentHash(witnessRoot: Hash256, reservedValue: Uint8Array): Hash256 {
  return sha256d(concatBytes(witnessRoot, reservedValue));
}

/**
 * Output script that commits to `witnessRoot` (BIP141).
 *
 * @param reservedValue the 32 bytes in the coinbase's witness; blocks made here have zeros
 */
export function makeWitnessCommitment(
  witnessRoot: Hash256,
  reservedValue: Uint8Array = ZERO_HASH,
): Uint8Array {
  return concatBytes(COMMITMENT_PREFIX, witnessCommitmentHash(witnessRoot, reservedValue));
}

/** Output script that commits to the wtxids of the transactions that follow a coinbase, whose reserved value is zeros. */
export function witnessCommitment(transactions: readonly Transaction[]): Uint8Array {
  return makeWitnessCommitment(rootBesideCoinbase(transactions));
}
