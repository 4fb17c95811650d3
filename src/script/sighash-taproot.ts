import { sha256, taggedHash } from '../crypto/hash.js';
import type { Hash256 } from '../primitives/bytes.js';
import { Writer } from '../primitives/codec.js';
import { isTaprootHashType, SigHash, TAPROOT_OUTPUT_BITS } from './hash-type.js';
import type { PrecomputedTxData } from './tx-data.js';

/** Position that a tapscript signature commits to when no OP_CODESEPARATOR has run. */
export const NO_CODE_SEPARATOR = 0xffffffff;

/** Version of the hash (BIP341 epoch) and of 32-byte keys in tapscript (BIP342 key_version). */
const EPOCH = 0;
const KEY_VERSION = 0;

/** What a taproot signature covers besides the transaction and the outputs it spends. */
export interface TaprootSighashContext {
  /** SHA-256 of the annex with its length before it ({@link annexHash}); undefined without annex. */
  readonly annexHash?: Hash256 | undefined;
  /** For a signature in a script: the leaf hash (BIP342). Undefined for the key path. */
  readonly leafHash?: Hash256 | undefined;
  /** Index of the last executed OP_CODESEPARATOR among the operations, or {@link NO_CODE_SEPARATOR}. Script path only. */
  readonly codeSeparatorPosition?: number | undefined;
}

/**
 * Signature hash of a taproot input (BIP341), key path or tapscript (BIP342).
 *
 * @param hashType 0 (default) or one byte as in a 65-byte signature
 * @returns undefined for a hash type that does not exist, for SINGLE without an output of that index, and when `txdata`
 *   does not know the outputs spent
 */
export function taprootSignatureHash(
  txdata: PrecomputedTxData,
  inputIndex: number,
  hashType: number,
  context: TaprootSighashContext,
): Hash256 | undefined {
  const { tx } = txdata;
  const spent = txdata.spentOutputs?.[inputIndex];
  const { shaAmounts, shaScriptPubKeys } = txdata;
  if (!isTaprootHashType(hashType) || !spent || !shaAmounts || !shaScriptPubKeys) return undefined;
  const outputs = hashType === SigHash.DEFAULT ? SigHash.ALL : hashType & TAPROOT_OUTPUT_BITS;
  const anyoneCanPay = (hashType & SigHash.ANYONECANPAY) !== 0;
  if (outputs === SigHash.SINGLE && inputIndex >= tx.outputCount) return undefined;

  const { annexHash, leafHash } = context;
  const writer = new Writer(320).u8(EPOCH).u8(hashType).i32(tx.version).u32(tx.lockTime);
  if (!anyoneCanPay) {
    writer.bytes(txdata.shaPrevouts).bytes(shaAmounts).bytes(shaScriptPubKeys).bytes(txdata.shaSequences);
  }
  if (outputs === SigHash.ALL) writer.bytes(txdata.shaOutputs);
  writer.u8((leafHash === undefined ? 0 : 2) + (annexHash === undefined ? 0 : 1));
  if (anyoneCanPay) {
    const input = tx.inputStart(inputIndex);
    const sequence = tx.sequenceStart(inputIndex);
    writer
      .bytes(tx.raw.subarray(input, input + 36))
      .amount(spent.value)
      .varBytes(spent.script);
    writer.bytes(tx.raw.subarray(sequence, sequence + 4));
  } else writer.u32(inputIndex);
  if (annexHash !== undefined) writer.bytes(annexHash);
  if (outputs === SigHash.SINGLE) {
    writer.bytes(sha256(tx.raw.subarray(tx.outputStart(inputIndex), tx.outputStart(inputIndex + 1))));
  }
  if (leafHash !== undefined) {
    writer
      .bytes(leafHash)
      .u8(KEY_VERSION)
      .u32(context.codeSeparatorPosition ?? NO_CODE_SEPARATOR);
  }
  return taggedHash('TapSighash', writer.finish());
}

/** What signatures commit to of an annex, which is given with its 0x50. */
export function annexHash(annex: Uint8Array): Hash256 {
  return sha256(new Writer(annex.length + 9).varBytes(annex).finish());
}
