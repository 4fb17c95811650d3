import type { Hash256 } from './bytes.js';
import { compactSizeLength, DecodeError, Reader, Writer } from './codec.js';
import { BlockHeader, HEADER_SIZE } from './header.js';
import { type MerkleResult, merkleRoot } from './merkle.js';
import { Transaction, WITNESS_SCALE_FACTOR } from './transaction.js';

/** Smallest serialised transaction (no inputs, no outputs); bounds the count that a block can really hold. */
const MIN_TX_SIZE = 10;

/** Of lists of transactions, which never change: one is in a template, and in the block with its nonce. */
const merkleResults = new WeakMap<readonly Transaction[], MerkleResult>();

/** Ids that are not known yet are made together. */
function txidsOf(transactions: readonly Transaction[]): readonly Hash256[] {
  Transaction.makeTxids(transactions);
  return transactions.map(tx => tx.txid);
}

/** The merkle tree of the ids of a block's transactions. */
export function merkleOf(transactions: readonly Transaction[]): MerkleResult {
  let result = merkleResults.get(transactions);
  if (result === undefined) {
    result = merkleRoot(txidsOf(transactions));
    merkleResults.set(transactions, result);
  }
  return result;
}

/** A block over its own serialised bytes; transactions are parsed, by offsets, when the block is. Immutable. */
export class Block {
  private constructor(
    readonly raw: Uint8Array,
    readonly header: BlockHeader,
    readonly transactions: readonly Transaction[],
  ) {}

  static read(reader: Reader, allowWitness = true): Block {
    const start = reader.position;
    const header = BlockHeader.read(reader);
    const count = reader.compactSize();
    if (count * MIN_TX_SIZE > reader.remaining) throw new DecodeError('unexpected end of data');
    const transactions: Transaction[] = [];
    for (let i = 0; i < count; i++) transactions.push(Transaction.read(reader, allowWitness));
    return new Block(reader.bytes.subarray(start, reader.position), header, transactions);
  }

  /** Parses `bytes` as one block with nothing after it. */
  static parse(bytes: Uint8Array): Block {
    const reader = new Reader(bytes);
    const block = Block.read(reader);
    reader.finish();
    return block;
  }

  static from(header: BlockHeader, transactions: readonly Transaction[]): Block {
    const size = transactions.reduce((sum, tx) => sum + tx.raw.length, HEADER_SIZE + 9);
    const writer = new Writer(size).bytes(header.raw).compactSize(transactions.length);
    for (const tx of transactions) writer.bytes(tx.raw);
    return new Block(writer.finish(), header, transactions);
  }

  /** The same transactions under another header. */
  withHeader(header: BlockHeader): Block {
    const raw = Buffer.from(this.raw);
    raw.set(header.raw);
    return new Block(raw, header, this.transactions);
  }

  get hash(): Hash256 {
    return this.header.hash;
  }

  get totalSize(): number {
    return this.raw.length;
  }

  /** Bytes without any witness. */
  get baseSize(): number {
    const prefix = HEADER_SIZE + compactSizeLength(this.transactions.length);
    return this.transactions.reduce((sum, tx) => sum + tx.baseSize, prefix);
  }

  /** BIP141 weight units. */
  get weight(): number {
    return this.baseSize * (WITNESS_SCALE_FACTOR - 1) + this.totalSize;
  }

  /** Ids of the transactions in their order. */
  get txids(): readonly Hash256[] {
    return txidsOf(this.transactions);
  }

  merkle(): MerkleResult {
    return merkleOf(this.transactions);
  }

  /** The serialisation without witnesses, for peers that did not ask for them. */
  baseBytes(): Uint8Array {
    const writer = new Writer(this.baseSize).bytes(this.header.raw).compactSize(this.transactions.length);
    for (const tx of this.transactions) writer.bytes(tx.baseBytes());
    return writer.finish();
  }
}
