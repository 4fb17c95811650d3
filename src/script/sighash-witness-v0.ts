import { sha256d } from '../crypto/hash.js';
import { type Hash256, ZERO_HASH } from '../primitives/bytes.js';
import { Writer } from '../primitives/codec.js';
import { OUTPUT_BITS, SigHash } from './hash-type.js';
import type { PrecomputedTxData } from './tx-data.js';

/** Everything in the preimage but the script code and its length. */
const FIXED_SIZE = 4 + 32 + 32 + 36 + 8 + 4 + 32 + 4 + 4;

/**
 * Signature hash of a witness version 0 input (BIP143).
 *
 * @param scriptCode the script that runs, from the last executed OP_CODESEPARATOR on; for P2WPKH the P2PKH script
 * @param value satoshis of the output spent
 * @param hashType all 32 bits go into the hash; in signatures it is their last byte
 */
export function witnessV0SignatureHash(
  txdata: PrecomputedTxData,
  inputIndex: number,
  scriptCode: Uint8Array,
  value: number,
  hashType: number,
): Hash256 {
  const { tx } = txdata;
  const { raw } = tx;
  const outputs = hashType & OUTPUT_BITS;
  const anyoneCanPay = (hashType & SigHash.ANYONECANPAY) !== 0;
  const allSequences = !anyoneCanPay && outputs !== SigHash.SINGLE && outputs !== SigHash.NONE;
  const input = tx.inputStart(inputIndex);
  const sequence = tx.sequenceStart(inputIndex);
  return sha256d(
    new Writer(FIXED_SIZE + 9 + scriptCode.length)
      .i32(tx.version)
      .bytes(anyoneCanPay ? ZERO_HASH : txdata.hashPrevouts)
      .bytes(allSequences ? txdata.hashSequence : ZERO_HASH)
      .bytes(raw.subarray(input, input + 36))
      .varBytes(scriptCode)
      .amount(value)
      .bytes(raw.subarray(sequence, sequence + 4))
      .bytes(outputsHash(txdata, inputIndex, outputs))
      .u32(tx.lockTime)
      .i32(hashType | 0)
      .finish(),
  );
}

function outputsHash(txdata: PrecomputedTxData, inputIndex: number, outputs: number): Hash256 {
  if (outputs !== SigHash.SINGLE && outputs !== SigHash.NONE) return txdata.hashOutputs;
  const { tx } = txdata;
  if (outputs === SigHash.NONE || inputIndex >= tx.outputCount) return ZERO_HASH;
  return sha256d(tx.raw.subarray(tx.outputStart(inputIndex), tx.outputStart(inputIndex + 1)));
}
