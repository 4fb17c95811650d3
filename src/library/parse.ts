import { Block } from '../primitives/block.js';
import { Transaction } from '../primitives/transaction.js';
import { bytesArgument } from './arguments.js';

/** The output that an input spends, by name. */
export interface ParsedOutPoint {
  /** 32 bytes, internal order. */
  readonly txid: Uint8Array;
  readonly vout: number;
}

export interface ParsedInput {
  /** Of a coinbase: 32 zero bytes and 0xffffffff. */
  readonly prevout: ParsedOutPoint;
  readonly scriptSig: Uint8Array;
  /** Unsigned 32 bits. */
  readonly sequence: number;
  /** Witness stack, bottom first; empty when there is none. */
  readonly witness: readonly Uint8Array[];
}

export interface ParsedOutput {
  /**
   * Satoshis, as written: may be negative or above 21 million coins, which {@link checkTransaction} refuses. Exact within
   * ±2^53, beyond that the nearest double.
   */
  readonly value: number;
  /** scriptPubKey. */
  readonly script: Uint8Array;
}

/**
 * A transaction. All of it is plain and frozen; byte fields are parts of one copy of the bytes that were parsed, so that
 * nothing done to those shows here.
 */
export interface ParsedTransaction {
  /** The whole serialisation. */
  readonly bytes: Uint8Array;
  /** Id without witness, 32 bytes, internal order. */
  readonly txid: Uint8Array;
  /** Id with witness (BIP141), 32 bytes, internal order. */
  readonly wtxid: Uint8Array;
  /** Signed 32 bits. */
  readonly version: number;
  readonly inputs: readonly ParsedInput[];
  readonly outputs: readonly ParsedOutput[];
  /** Unsigned 32 bits. */
  readonly lockTime: number;
  readonly isCoinbase: boolean;
  /** Bytes of the whole serialisation, and without witness. */
  readonly size: number;
  readonly strippedSize: number;
  /** BIP141 weight units. */
  readonly weight: number;
}

/** A block. Plain and frozen, as {@link ParsedTransaction} is. */
export interface ParsedBlock {
  /** The whole serialisation; its first 80 bytes are the header. */
  readonly bytes: Uint8Array;
  /** 32 bytes, internal order, as all hashes here. */
  readonly hash: Uint8Array;
  /** Signed 32 bits. */
  readonly version: number;
  readonly prevHash: Uint8Array;
  readonly merkleRoot: Uint8Array;
  /** Unix seconds. */
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
  readonly nonce: number;
  readonly transactions: readonly ParsedTransaction[];
  /** Bytes of the whole serialisation, and without witnesses. */
  readonly size: number;
  readonly strippedSize: number;
  /** BIP141 weight units. */
  readonly weight: number;
}

/**
 * Parses one serialised transaction, with or without witness (BIP144), and nothing after it. Tells nothing about whether
 * it is valid.
 *
 * @throws DecodeError when the bytes are not a transaction: cut short, a length that is not canonical or too large,
 *   trailing bytes, a witness marker without witness
 * @throws UsageError when `bytes` is not a Uint8Array
 * @example
 * import assert from 'node:assert/strict';
 * import { DecodeError, fromHex, idToHex, parseTransaction } from 'blocksmith/consensus';
 *
 * const input = `01${'00'.repeat(32)}ffffffff0151ffffffff`; // one coinbase input with the script OP_1
 * const output = '0100f2052a010000000151'; // one output: 50 coins to the script OP_1
 * const bytes = fromHex(`01000000${input}${output}00000000`);
 * const tx = parseTransaction(bytes);
 * assert.equal(tx.isCoinbase, true);
 * assert.equal(tx.outputs[0].value, 50 * 100_000_000);
 * assert.equal(idToHex(tx.txid), '8a80d3fdd7bfacbfeca3c58c84102d3bb7d6a2aadf67c0bed8c84890470c4e9a');
 * assert.throws(() => parseTransaction(bytes.subarray(1)), DecodeError);
 */
export function parseTransaction(bytes: Uint8Array): ParsedTransaction {
  return plainTransaction(Transaction.parse(copied(bytes)));
}

/**
 * Parses one serialised block with nothing after it. Tells nothing about whether it is valid; see {@link checkBlock}.
 *
 * @throws DecodeError when the bytes are not a block
 * @throws UsageError when `bytes` is not a Uint8Array
 * @example
 * import assert from 'node:assert/strict';
 * import { fromHex, parseBlock } from 'blocksmith/consensus';
 *
 * // A header of zeros but for its time, and one transaction: a coinbase.
 * const header = `${'00'.repeat(68)}29ab5f49${'00'.repeat(8)}`;
 * const coinbase = `0100000001${'00'.repeat(32)}ffffffff0151ffffffff0100f2052a01000000015100000000`;
 * const block = parseBlock(fromHex(`${header}01${coinbase}`));
 * assert.equal(new Date(block.time * 1000).getUTCFullYear(), 2009);
 * assert.equal(block.transactions[0].isCoinbase, true);
 * assert.equal(block.size, 80 + 1 + 62);
 */
export function parseBlock(bytes: Uint8Array): ParsedBlock {
  const block = Block.parse(copied(bytes));
  const { header } = block;
  return Object.freeze({
    bytes: block.raw,
    hash: new Uint8Array(block.hash),
    version: header.version,
    prevHash: header.prevHash,
    merkleRoot: header.merkleRoot,
    time: header.time,
    bits: header.bits,
    nonce: header.nonce,
    transactions: Object.freeze(block.transactions.map(plainTransaction)),
    size: block.totalSize,
    strippedSize: block.baseSize,
    weight: block.weight,
  });
}

/** A copy that is a Uint8Array and no Buffer, whose views are then the same. */
function copied(bytes: unknown): Uint8Array {
  return new Uint8Array(bytesArgument(bytes, 'bytes'));
}

function plainTransaction(tx: Transaction): ParsedTransaction {
  return Object.freeze({
    bytes: tx.raw,
    txid: new Uint8Array(tx.txid),
    wtxid: new Uint8Array(tx.wtxid),
    version: tx.version,
    inputs: Object.freeze(tx.inputs.map(frozenInput)),
    outputs: Object.freeze(tx.outputs.map(output => Object.freeze({ ...output }))),
    lockTime: tx.lockTime,
    isCoinbase: tx.isCoinbase,
    size: tx.totalSize,
    strippedSize: tx.baseSize,
    weight: tx.weight,
  });
}

function frozenInput({ prevout, scriptSig, sequence, witness }: ParsedInput): ParsedInput {
  return Object.freeze({
    prevout: Object.freeze({ ...prevout }),
    scriptSig,
    sequence,
    witness: Object.freeze([...witness]),
  });
}
