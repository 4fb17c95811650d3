import { asBuffer } from '../../primitives/bytes.js';
import { DecodeError, type Reader } from '../../primitives/codec.js';
import { type Endpoint, NO_ENDPOINT } from '../address/endpoint.js';
import { readEndpointV1, writeEndpointV1 } from '../address/peer-address.js';
import type { Codec } from './codec.js';
import { MAX_SUBVERSION_LENGTH } from './limits.js';

/** The first message each side sends. Fields from `nonce` on are missing in very old ones. */
export interface VersionMessage {
  readonly type: 'version';
  readonly version: number;
  readonly services: bigint;
  /** Unix seconds. */
  readonly time: number;
  /** The receiver as the sender sees it, and its services. */
  readonly receiver: Endpoint;
  readonly receiverServices: bigint;
  /** Random; a node that sees its own has connected to itself. */
  readonly nonce: bigint;
  /** User agent, as sent: not sanitised. */
  readonly subVersion: string;
  /** -1 when missing. */
  readonly startHeight: number;
  /** BIP37: announce transactions to the sender. */
  readonly relay: boolean;
}

/** What stands for the nonce when a message has none. */
const MISSING_NONCE = 1n;
/** Services, host and port of the sender: nobody reads them. */
const SENDER_SIZE = 26;

function readSubVersion(reader: Reader): string {
  const length = reader.compactSize();
  if (length > MAX_SUBVERSION_LENGTH) throw new DecodeError('String length limit exceeded');
  return asBuffer(reader.take(length)).toString('latin1');
}

export const versionCodec: Codec<VersionMessage> = {
  decode: reader => {
    const version = reader.i32();
    const services = reader.u64();
    const time = Math.max(0, Number(reader.i64()));
    const receiverServices = reader.u64();
    const receiver = readEndpointV1(reader);
    let nonce = MISSING_NONCE;
    if (!reader.isDone) {
      reader.skip(SENDER_SIZE);
      nonce = reader.u64();
    }
    const subVersion = reader.isDone ? '' : readSubVersion(reader);
    const startHeight = reader.isDone ? -1 : reader.i32();
    const relay = reader.isDone ? true : reader.u8() !== 0;
    return {
      type: 'version',
      version,
      services,
      time,
      receiver,
      receiverServices,
      nonce,
      subVersion,
      startHeight,
      relay,
    };
  },
  encode: (writer, message) => {
    writer.i32(message.version).u64(message.services).i64(BigInt(message.time));
    writer.u64(message.receiverServices);
    writeEndpointV1(writer, message.receiver);
    writer.u64(message.services);
    writeEndpointV1(writer, NO_ENDPOINT);
    writer.u64(message.nonce).varBytes(Buffer.from(message.subVersion, 'latin1'));
    writer.i32(message.startHeight).u8(message.relay ? 1 : 0);
  },
};
