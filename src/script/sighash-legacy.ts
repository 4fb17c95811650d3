import { sha256d } from '../crypto/hash.js';
import { EMPTY_BYTES, type Hash256 } from '../primitives/bytes.js';
import { Writer } from '../primitives/codec.js';
import { OUTPUT_BITS, SigHash } from './hash-type.js';
import { Op } from './opcodes.js';
import { ScriptReader } from './parse.js';
import type { PrecomputedTxData } from './tx-data.js';

/** What SIGHASH_SINGLE without an output of the same index signs: the number 1, little-endian (a bug kept by consensus). */
const SIGHASH_SINGLE_BUG: Hash256 = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));

/** An output with value -1 and no script: what SIGHASH_SINGLE puts at the indexes that it does not cover. */
const BLANK_OUTPUT: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00);

/**
 * Signature hash of a bare or P2SH input (the original scheme).
 *
 * @param scriptCode the script that runs, from the last executed OP_CODESEPARATOR on and without the signatures
 *   themselves ({@link findAndDelete}); OP_CODESEPARATORs in it are left out here
 * @param hashType all 32 bits go into the hash; in signatures it is their last byte
 */
export function legacySignatureHash(
  txdata: PrecomputedTxData,
  inputIndex: number,
  scriptCode: Uint8Array,
  hashType: number,
): Hash256 {
  const outputs = hashType & OUTPUT_BITS;
  if (outputs === SigHash.SINGLE && inputIndex >= txdata.tx.outputCount) return SIGHASH_SINGLE_BUG;
  const anyoneCanPay = (hashType & SigHash.ANYONECANPAY) !== 0;
  const partial = anyoneCanPay || outputs === SigHash.SINGLE || outputs === SigHash.NONE;
  const preimage = partial
    ? partialPreimage(txdata, inputIndex, scriptCode, hashType)
    : fullPreimage(txdata, inputIndex, scriptCode);
  return sha256d(preimage.i32(hashType | 0).finish());
}

/** Covers everything: the blanked transaction with the script code put into the one input. */
function fullPreimage(txdata: PrecomputedTxData, inputIndex: number, scriptCode: Uint8Array): Writer {
  const { blanked } = txdata;
  const at = txdata.blankedScriptAt(inputIndex);
  const writer = new Writer(blanked.length + scriptCode.length + 16).bytes(blanked.subarray(0, at));
  writeScriptCode(writer, scriptCode);
  return writer.bytes(blanked.subarray(at + 1));
}

function partialPreimage(
  txdata: PrecomputedTxData,
  inputIndex: number,
  scriptCode: Uint8Array,
  hashType: number,
): Writer {
  const { tx } = txdata;
  const outputs = hashType & OUTPUT_BITS;
  const writer = new Writer(64 + tx.inputCount * 41 + scriptCode.length).i32(tx.version);
  if ((hashType & SigHash.ANYONECANPAY) !== 0) {
    writer.compactSize(1);
    writeInput(writer, txdata, inputIndex, scriptCode, true);
  } else {
    const keepSequences = outputs !== SigHash.SINGLE && outputs !== SigHash.NONE;
    writer.compactSize(tx.inputCount);
    for (let i = 0; i < tx.inputCount; i++) {
      const signed = i === inputIndex;
      writeInput(writer, txdata, i, signed ? scriptCode : EMPTY_BYTES, signed || keepSequences);
    }
  }
  writeOutputs(writer, txdata, inputIndex, outputs);
  return writer.u32(tx.lockTime);
}

function writeInput(
  writer: Writer,
  { tx }: PrecomputedTxData,
  index: number,
  scriptCode: Uint8Array,
  keepSequence: boolean,
): void {
  const start = tx.inputStart(index);
  const sequence = tx.sequenceStart(index);
  writer.bytes(tx.raw.subarray(start, start + 36));
  writeScriptCode(writer, scriptCode);
  if (keepSequence) writer.bytes(tx.raw.subarray(sequence, sequence + 4));
  else writer.u32(0);
}

function writeOutputs(writer: Writer, { tx }: PrecomputedTxData, inputIndex: number, outputs: number): void {
  if (outputs === SigHash.NONE) {
    writer.compactSize(0);
    return;
  }
  if (outputs !== SigHash.SINGLE) {
    writer.compactSize(tx.outputCount);
    writer.bytes(tx.raw.subarray(tx.outputStart(0), tx.outputStart(tx.outputCount)));
    return;
  }
  writer.compactSize(inputIndex + 1);
  for (let i = 0; i < inputIndex; i++) writer.bytes(BLANK_OUTPUT);
  writer.bytes(tx.raw.subarray(tx.outputStart(inputIndex), tx.outputStart(inputIndex + 1)));
}

/**
 * Script code with its length, without OP_CODESEPARATORs. Of a push that is cut short only the opcode and length are
 * written although the length before counts all of it: such a script fails anyway, but Core's hash is this one.
 */
function writeScriptCode(writer: Writer, scriptCode: Uint8Array): void {
  const reader = new ScriptReader(scriptCode);
  let separators: number[] | undefined;
  while (reader.next()) {
    if (reader.opcode !== Op.OP_CODESEPARATOR) continue;
    separators ??= [];
    separators.push(reader.position);
  }
  writer.compactSize(scriptCode.length - (separators?.length ?? 0));
  let start = 0;
  for (const end of separators ?? []) {
    writer.bytes(scriptCode.subarray(start, end - 1));
    start = end;
  }
  writer.bytes(scriptCode.subarray(start, reader.position));
}
