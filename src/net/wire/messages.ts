import { Reader, Writer } from '../../primitives/codec.js';
import { type AddrMessage, type AddrV2Message, addrCodec, addrV2Codec } from './addr.js';
import {
  type BlockMessage,
  blockCodec,
  type GetBlocksMessage,
  type GetHeadersMessage,
  getBlocksCodec,
  getHeadersCodec,
  type HeadersMessage,
  headersCodec,
  type TxMessage,
  txCodec,
} from './chain.js';
import type { Codec } from './codec.js';
import {
  type BlockTxnMessage,
  blockTxnCodec,
  type CmpctBlockMessage,
  cmpctBlockCodec,
  type GetBlockTxnMessage,
  getBlockTxnCodec,
  type SendCmpctMessage,
  sendCmpctCodec,
} from './compact.js';
import {
  type GetDataMessage,
  getDataCodec,
  type InvMessage,
  invCodec,
  type NotFoundMessage,
  notFoundCodec,
} from './inventory.js';
import {
  type EmptyMessage,
  type EmptyType,
  emptyCodec,
  type FeeFilterMessage,
  type FilterAddMessage,
  type FilterLoadMessage,
  feeFilterCodec,
  filterAddCodec,
  filterLoadCodec,
  type PingMessage,
  type PongMessage,
  pingCodec,
  pongCodec,
} from './small.js';
import { type VersionMessage, versionCodec } from './version.js';

/** Every message that we read or write, told apart by `type`. */
export type Message =
  | VersionMessage
  | { [T in EmptyType]: EmptyMessage<T> }[EmptyType]
  | PingMessage
  | PongMessage
  | AddrMessage
  | AddrV2Message
  | InvMessage
  | GetDataMessage
  | NotFoundMessage
  | GetBlocksMessage
  | GetHeadersMessage
  | HeadersMessage
  | BlockMessage
  | TxMessage
  | FeeFilterMessage
  | SendCmpctMessage
  | CmpctBlockMessage
  | GetBlockTxnMessage
  | BlockTxnMessage
  | FilterLoadMessage
  | FilterAddMessage;

export type MessageType = Message['type'];
export type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>;

const CODECS: { readonly [T in MessageType]: Codec<MessageOf<T>> } = {
  version: versionCodec,
  verack: emptyCodec('verack'),
  sendaddrv2: emptyCodec('sendaddrv2'),
  wtxidrelay: emptyCodec('wtxidrelay'),
  getaddr: emptyCodec('getaddr'),
  sendheaders: emptyCodec('sendheaders'),
  mempool: emptyCodec('mempool'),
  filterclear: emptyCodec('filterclear'),
  ping: pingCodec,
  pong: pongCodec,
  addr: addrCodec,
  addrv2: addrV2Codec,
  inv: invCodec,
  getdata: getDataCodec,
  notfound: notFoundCodec,
  getblocks: getBlocksCodec,
  getheaders: getHeadersCodec,
  headers: headersCodec,
  block: blockCodec,
  tx: txCodec,
  feefilter: feeFilterCodec,
  sendcmpct: sendCmpctCodec,
  cmpctblock: cmpctBlockCodec,
  getblocktxn: getBlockTxnCodec,
  blocktxn: blockTxnCodec,
  filterload: filterLoadCodec,
  filteradd: filterAddCodec,
};

/** Types that Core knows: bytes of others are counted together, so that peers cannot make the statistics grow. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...Object.keys(CODECS),
  'merkleblock',
  'getcfilters',
  'cfilter',
  'getcfheaders',
  'cfheaders',
  'getcfcheckpt',
  'cfcheckpt',
  'sendtxrcncl',
]);

export function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(CODECS, type);
}

/**
 * Parses a payload.
 *
 * @throws DecodeError when it does not parse
 */
export function decodeMessage<T extends MessageType>(type: T, payload: Uint8Array): MessageOf<T> {
  return CODECS[type].decode(new Reader(payload));
}

/** Payload of a message. */
export function encodeMessage<T extends MessageType>(
  message: MessageOf<T> & { readonly type: T },
): Uint8Array {
  const writer = new Writer();
  CODECS[message.type].encode(writer, message);
  return writer.finish();
}
