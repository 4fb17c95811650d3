import type { Hash256 } from '../../primitives/bytes.js';
import { DecodeError, type Reader, type Writer } from '../../primitives/codec.js';
import { BlockHeader } from '../../primitives/header.js';
import { Transaction } from '../../primitives/transaction.js';
import { type Codec, readList } from './codec.js';
import { MAX_COMPACT_TRANSACTIONS } from './limits.js';

/** The version of BIP152 that speaks of wtxids; the only one in use. */
export const COMPACT_BLOCKS_VERSION = 2n;

export interface SendCmpctMessage {
  readonly type: 'sendcmpct';
  /** The sender wants blocks announced by cmpctblock. */
  readonly highBandwidth: boolean;
  readonly version: bigint;
}

export interface PrefilledTransaction {
  /** Place in the block. */
  readonly index: number;
  readonly tx: Transaction;
}

export interface CmpctBlockMessage {
  readonly type: 'cmpctblock';
  readonly header: BlockHeader;
  readonly nonce: bigint;
  /** Six bytes each, little-endian, as numbers. */
  readonly shortIds: readonly number[];
  readonly prefilled: readonly PrefilledTransaction[];
}

export interface GetBlockTxnMessage {
  readonly type: 'getblocktxn';
  readonly blockHash: Hash256;
  /** Places in the block, ascending. */
  readonly indexes: readonly number[];
}

export interface BlockTxnMessage {
  readonly type: 'blocktxn';
  readonly blockHash: Hash256;
  readonly transactions: readonly Transaction[];
}

export const sendCmpctCodec: Codec<SendCmpctMessage> = {
  decode: reader => ({ type: 'sendcmpct', highBandwidth: reader.u8() !== 0, version: reader.u64() }),
  encode: (writer, { highBandwidth, version }) => {
    writer.u8(highBandwidth ? 1 : 0).u64(version);
  },
};

function readShortId(reader: Reader): number {
  const low = reader.u32();
  return reader.u16() * 0x100000000 + low;
}

/** Indexes are written as the distance from the one before, less one. */
function nextIndex(reader: Reader, previous: number): number {
  const index = previous + 1 + reader.compactSize();
  if (index > 0xffff) throw new DecodeError('differential value overflow');
  return index;
}

export const cmpctBlockCodec: Codec<CmpctBlockMessage> = {
  decode: reader => {
    const header = BlockHeader.read(reader);
    const nonce = reader.u64();
    const shortIds = readList(reader, 'cmpctblock', MAX_COMPACT_TRANSACTIONS, readShortId);
    let index = -1;
    const prefilled = readList(reader, 'cmpctblock', MAX_COMPACT_TRANSACTIONS, r => {
      index = nextIndex(r, index);
      return { index, tx: Transaction.read(r, true) };
    });
    if (shortIds.length + prefilled.length > 0xffff) throw new DecodeError('indexes overflowed 16 bits');
    return { type: 'cmpctblock', header, nonce, shortIds, prefilled };
  },
  encode: (writer, { header, nonce, shortIds, prefilled }) => {
    writer.bytes(header.raw).u64(nonce).compactSize(shortIds.length);
    for (const id of shortIds) writer.u32(id % 0x100000000).u16(Math.floor(id / 0x100000000));
    writer.compactSize(prefilled.length);
    let previous = -1;
    for (const { index, tx } of prefilled) {
      writer.compactSize(index - previous - 1).bytes(tx.raw);
      previous = index;
    }
  },
};

export const getBlockTxnCodec: Codec<GetBlockTxnMessage> = {
  decode: reader => {
    const blockHash = reader.hash();
    let index = -1;
    const indexes = readList(reader, 'getblocktxn', MAX_COMPACT_TRANSACTIONS, r => {
      index = nextIndex(r, index);
      return index;
    });
    return { type: 'getblocktxn', blockHash, indexes };
  },
  encode: (writer: Writer, { blockHash, indexes }) => {
    writer.bytes(blockHash).compactSize(indexes.length);
    let previous = -1;
    for (const index of indexes) {
      writer.compactSize(index - previous - 1);
      previous = index;
    }
  },
};

export const blockTxnCodec: Codec<BlockTxnMessage> = {
  decode: reader => ({
    type: 'blocktxn',
    blockHash: reader.hash(),
    transactions: readList(reader, 'blocktxn', MAX_COMPACT_TRANSACTIONS, r => Transaction.read(r, true)),
  }),
  encode: (writer, { blockHash, transactions }) => {
    writer.bytes(blockHash).compactSize(transactions.length);
    for (const tx of transactions) writer.bytes(tx.raw);
  },
};
