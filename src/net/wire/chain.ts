import { Block } from '../../primitives/block.js';
import type { Hash256 } from '../../primitives/bytes.js';
import type { Reader, Writer } from '../../primitives/codec.js';
import { BlockHeader } from '../../primitives/header.js';
import { Transaction } from '../../primitives/transaction.js';
import { type Codec, readList } from './codec.js';
import { MAX_HEADERS_RESULTS, MAX_LOCATOR_SIZE } from './limits.js';

/** Version word before a locator; nobody reads it. */
const LOCATOR_VERSION = 70016;

export interface GetBlocksMessage {
  readonly type: 'getblocks';
  readonly locator: readonly Hash256[];
  /** The last hash wanted; zero for as many as there are. */
  readonly stop: Hash256;
}

export interface GetHeadersMessage {
  readonly type: 'getheaders';
  /** Empty: only the header `stop` is wanted. */
  readonly locator: readonly Hash256[];
  readonly stop: Hash256;
}

export interface HeadersMessage {
  readonly type: 'headers';
  readonly headers: readonly BlockHeader[];
}

/** A block as bytes: it is sent as it lies on disk, and received ones are parsed where they are used. */
export interface BlockMessage {
  readonly type: 'block';
  readonly block: Block;
}

export interface TxMessage {
  readonly type: 'tx';
  readonly tx: Transaction;
}

function readLocator<T extends 'getblocks' | 'getheaders'>(reader: Reader, type: T) {
  reader.u32();
  const locator = readList(reader, type, MAX_LOCATOR_SIZE, r => r.hash());
  return { type, locator, stop: reader.hash() };
}

function writeLocator(writer: Writer, locator: readonly Hash256[], stop: Hash256): void {
  writer.u32(LOCATOR_VERSION).compactSize(locator.length);
  for (const hash of locator) writer.bytes(hash);
  writer.bytes(stop);
}

export const getBlocksCodec: Codec<GetBlocksMessage> = {
  decode: reader => readLocator(reader, 'getblocks'),
  encode: (writer, { locator, stop }) => writeLocator(writer, locator, stop),
};

export const getHeadersCodec: Codec<GetHeadersMessage> = {
  decode: reader => readLocator(reader, 'getheaders'),
  encode: (writer, { locator, stop }) => writeLocator(writer, locator, stop),
};

function readHeader(reader: Reader): BlockHeader {
  const header = BlockHeader.read(reader);
  // A count of transactions follows for the sake of block's format; it is always zero.
  reader.compactSize();
  return header;
}

export const headersCodec: Codec<HeadersMessage> = {
  decode: reader => ({
    type: 'headers',
    headers: readList(reader, 'headers', MAX_HEADERS_RESULTS, readHeader),
  }),
  encode: (writer, { headers }) => {
    writer.compactSize(headers.length);
    for (const header of headers) writer.bytes(header.raw).u8(0);
  },
};

export const blockCodec: Codec<BlockMessage> = {
  decode: reader => ({ type: 'block', block: Block.read(reader) }),
  encode: (writer, { block }) => {
    writer.bytes(block.raw);
  },
};

export const txCodec: Codec<TxMessage> = {
  decode: reader => ({ type: 'tx', tx: Transaction.read(reader, true) }),
  encode: (writer, { tx }) => {
    writer.bytes(tx.raw);
  },
};
