import { sha256, sha256d, taggedHash } from '../../src/crypto/hash.js';
import { concatBytes } from '../../src/primitives/bytes.js';
import { Writer } from '../../src/primitives/codec.js';
import type { TxInput, TxOutput, TxParts } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';

/**
 * What signatures of type ALL sign, in the three schemes, written from the documents: plainly, and without the node's
 * shortcuts. `hashType` goes into the hash as it is; types that cover less are none of this list's business.
 */

function outPoint({ prevout }: TxInput): Uint8Array {
  return new Writer(36).bytes(prevout.txid).u32(prevout.vout).finish();
}

function sequence(input: TxInput): Uint8Array {
  return new Writer(4).u32(input.sequence).finish();
}

function amount(output: TxOutput): Uint8Array {
  return new Writer(8).amount(output.value).finish();
}

function script(output: TxOutput): Uint8Array {
  return new Writer(64).varBytes(output.script).finish();
}

function all<T>(items: readonly T[], bytes: (item: T) => Uint8Array): Uint8Array {
  return concatBytes(...items.map(bytes));
}

function outputBytes(output: TxOutput): Uint8Array {
  return concatBytes(amount(output), script(output));
}

/** The original scheme: the transaction with `scriptCode` in the one input and no script in the others. */
export function legacyHash(tx: TxParts, index: number, scriptCode: Uint8Array, hashType: number): Uint8Array {
  const writer = new Writer(256).i32(tx.version).compactSize(tx.inputs.length);
  tx.inputs.forEach((input, at) => {
    writer
      .bytes(outPoint(input))
      .varBytes(at === index ? scriptCode : new Uint8Array(0))
      .u32(input.sequence);
  });
  writer.compactSize(tx.outputs.length).bytes(all(tx.outputs, outputBytes));
  return sha256d(writer.u32(tx.lockTime).u32(hashType).finish());
}

/** BIP143. */
export function witnessHash(
  tx: TxParts,
  index: number,
  scriptCode: Uint8Array,
  spent: TxOutput,
  hashType: number,
): Uint8Array {
  const input = defined(tx.inputs[index], 'input');
  const writer = new Writer(256).i32(tx.version);
  writer.bytes(sha256d(all(tx.inputs, outPoint))).bytes(sha256d(all(tx.inputs, sequence)));
  writer.bytes(outPoint(input)).varBytes(scriptCode).bytes(amount(spent)).u32(input.sequence);
  return sha256d(
    writer
      .bytes(sha256d(all(tx.outputs, outputBytes)))
      .u32(tx.lockTime)
      .u32(hashType)
      .finish(),
  );
}

/** What a taproot signature covers beside the transaction. */
export interface TaprootPlace {
  /** Leaf hash of the script that checks it; without, the key path. */
  readonly leaf?: Uint8Array | undefined;
  /** With its 0x50. */
  readonly annex?: Uint8Array | undefined;
  /** Position of the last OP_CODESEPARATOR that has run. */
  readonly separator?: number | undefined;
}

/** BIP341, and BIP342 in scripts; `hashType` is 0 or 1. */
export function taprootHash(
  tx: TxParts,
  index: number,
  spent: readonly TxOutput[],
  hashType: number,
  { leaf, annex, separator = 0xffffffff }: TaprootPlace = {},
): Uint8Array {
  const writer = new Writer(256).u8(0).u8(hashType).i32(tx.version).u32(tx.lockTime);
  writer.bytes(sha256(all(tx.inputs, outPoint))).bytes(sha256(all(spent, amount)));
  writer.bytes(sha256(all(spent, script))).bytes(sha256(all(tx.inputs, sequence)));
  writer.bytes(sha256(all(tx.outputs, outputBytes)));
  writer.u8((leaf === undefined ? 0 : 2) + (annex === undefined ? 0 : 1)).u32(index);
  if (annex !== undefined) writer.bytes(sha256(new Writer(annex.length + 9).varBytes(annex).finish()));
  if (leaf !== undefined) writer.bytes(leaf).u8(0).u32(separator);
  return taggedHash('TapSighash', writer.finish());
}
