import { DecodeError } from '../../primitives/codec.js';
import type { Codec } from './codec.js';
import { MAX_BLOOM_FILTER_SIZE, MAX_FILTER_ADD_SIZE } from './limits.js';

/** The nonce is missing in messages from before BIP31. */
export interface PingMessage {
  readonly type: 'ping';
  readonly nonce: bigint | undefined;
}

export interface PongMessage {
  readonly type: 'pong';
  readonly nonce: bigint | undefined;
  /** Payload bytes, for the log. */
  readonly size: number;
}

/** BIP133: do not announce transactions below this feerate. */
export interface FeeFilterMessage {
  readonly type: 'feefilter';
  /** Satoshis per 1000 vbytes; any 64-bit number may come. */
  readonly feeRate: number;
}

/** BIP37; we do not offer the service. */
export interface FilterLoadMessage {
  readonly type: 'filterload';
  readonly data: Uint8Array;
  readonly hashFunctions: number;
  readonly tweak: number;
  readonly flags: number;
}

export interface FilterAddMessage {
  readonly type: 'filteradd';
  readonly data: Uint8Array;
}

const NONCE_SIZE = 8;

export const pingCodec: Codec<PingMessage> = {
  decode: reader => ({ type: 'ping', nonce: reader.remaining >= NONCE_SIZE ? reader.u64() : undefined }),
  encode: (writer, { nonce }) => {
    if (nonce !== undefined) writer.u64(nonce);
  },
};

export const pongCodec: Codec<PongMessage> = {
  decode: reader => {
    const size = reader.remaining;
    return { type: 'pong', size, nonce: size >= NONCE_SIZE ? reader.u64() : undefined };
  },
  encode: (writer, { nonce }) => {
    if (nonce !== undefined) writer.u64(nonce);
  },
};

export const feeFilterCodec: Codec<FeeFilterMessage> = {
  decode: reader => ({ type: 'feefilter', feeRate: reader.amount() }),
  encode: (writer, { feeRate }) => {
    writer.amount(feeRate);
  },
};

export const filterLoadCodec: Codec<FilterLoadMessage> = {
  decode: reader => {
    const data = reader.varBytes();
    if (data.length > MAX_BLOOM_FILTER_SIZE) throw new DecodeError('too-large bloom filter');
    return {
      type: 'filterload',
      data,
      hashFunctions: reader.u32(),
      tweak: reader.u32(),
      flags: reader.u8(),
    };
  },
  encode: (writer, { data, hashFunctions, tweak, flags }) => {
    writer.varBytes(data).u32(hashFunctions).u32(tweak).u8(flags);
  },
};

export const filterAddCodec: Codec<FilterAddMessage> = {
  decode: reader => {
    const data = reader.varBytes();
    if (data.length > MAX_FILTER_ADD_SIZE) throw new DecodeError('bad filteradd message');
    return { type: 'filteradd', data };
  },
  encode: (writer, { data }) => {
    writer.varBytes(data);
  },
};

/** Messages that say all by their name. */
export type EmptyType =
  | 'verack'
  | 'sendaddrv2'
  | 'wtxidrelay'
  | 'getaddr'
  | 'sendheaders'
  | 'mempool'
  | 'filterclear';

export interface EmptyMessage<T extends EmptyType = EmptyType> {
  readonly type: T;
}

export function emptyCodec<T extends EmptyType>(type: T): Codec<EmptyMessage<T>> {
  return { decode: () => ({ type }), encode: () => {} };
}
