import {
  type PeerAddress,
  readAddressV1,
  readAddressV2,
  writeAddressV1,
  writeAddressV2,
} from '../address/peer-address.js';
import { type Codec, readList } from './codec.js';
import { MAX_ADDR_TO_SEND } from './limits.js';

export interface AddrMessage {
  readonly type: 'addr';
  readonly addresses: readonly PeerAddress[];
}

/** BIP155. */
export interface AddrV2Message {
  readonly type: 'addrv2';
  readonly addresses: readonly PeerAddress[];
}

export const addrCodec: Codec<AddrMessage> = {
  decode: reader => ({
    type: 'addr',
    addresses: readList(reader, 'addr', MAX_ADDR_TO_SEND, readAddressV1),
  }),
  encode: (writer, { addresses }) => {
    writer.compactSize(addresses.length);
    for (const address of addresses) writeAddressV1(writer, address);
  },
};

export const addrV2Codec: Codec<AddrV2Message> = {
  decode: reader => ({
    type: 'addrv2',
    addresses: readList(reader, 'addrv2', MAX_ADDR_TO_SEND, readAddressV2),
  }),
  encode: (writer, { addresses }) => {
    writer.compactSize(addresses.length);
    for (const address of addresses) writeAddressV2(writer, address);
  },
};
