import { DecodeError, type Reader, type Writer } from '../../primitives/codec.js';
import { Endpoint } from './endpoint.js';
import { ADDRESS_SIZES, type AddressKind, NetAddress, NO_ADDRESS } from './net-address.js';

/** What nodes tell each other of a node (Core's CAddress). */
export interface PeerAddress {
  readonly endpoint: Endpoint;
  readonly services: bigint;
  /** Unix seconds when it was last seen. */
  readonly time: number;
}

/** BIP155 network ids. */
const BIP155_IDS: Readonly<Record<Exclude<AddressKind, 'internal'>, number>> = {
  ipv4: 1,
  ipv6: 2,
  onion: 4,
  i2p: 5,
  cjdns: 6,
};
const BIP155_KINDS: ReadonlyMap<number, AddressKind> = new Map(
  (['ipv4', 'ipv6', 'onion', 'i2p', 'cjdns'] as const).map(kind => [BIP155_IDS[kind], kind]),
);

/** Longest address that BIP155 allows a future network to have. */
export const MAX_ADDRV2_SIZE = 512;

/** Version word of addresses on disk: Core's 220000, with the mark of the BIP155 form. */
const DISK_VERSION = 220000 | (1 << 29);
const DISK_VERSION_ADDRV2 = 1 << 29;
/** The low 19 bits of the version word are free. */
const DISK_VERSION_IGNORED = 0x7ffff;

/** Host and port in the first format: 16 bytes, big-endian port. */
export function readEndpointV1(reader: Reader): Endpoint {
  const address = NetAddress.fromV1(reader.take(16));
  return new Endpoint(address, reader.u16be());
}

export function writeEndpointV1(writer: Writer, endpoint: Endpoint): void {
  writer.bytes(endpoint.address.toV1()).u16be(endpoint.port);
}

/** An entry of `addr`. */
export function readAddressV1(reader: Reader): PeerAddress {
  const time = reader.u32();
  const services = reader.u64();
  return { time, services, endpoint: readEndpointV1(reader) };
}

export function writeAddressV1(writer: Writer, { endpoint, services, time }: PeerAddress): void {
  writer.u32(time).u64(services);
  writeEndpointV1(writer, endpoint);
}

/** An entry of `addrv2` (BIP155). Networks that we do not know come out as an invalid address. */
export function readAddressV2(reader: Reader): PeerAddress {
  const time = reader.u32();
  const services = reader.compactSize64();
  const address = readNetAddressV2(reader);
  return { time, services, endpoint: new Endpoint(address, reader.u16be()) };
}

export function writeAddressV2(writer: Writer, { endpoint, services, time }: PeerAddress): void {
  writer.u32(time);
  writeCompactSize64(writer, services);
  writeNetAddressV2(writer, endpoint.address);
  writer.u16be(endpoint.port);
}

function writeNetAddressV2(writer: Writer, address: NetAddress): void {
  if (address.kind === 'internal') writer.u8(BIP155_IDS.ipv6).varBytes(address.toV1());
  else writer.u8(BIP155_IDS[address.kind]).varBytes(address.bytes);
}

function readNetAddressV2(reader: Reader): NetAddress {
  const id = reader.u8();
  const size = reader.compactSize();
  if (size > MAX_ADDRV2_SIZE) throw new DecodeError(`Address too long: ${size} > ${MAX_ADDRV2_SIZE}`);
  const kind = BIP155_KINDS.get(id);
  if (kind === undefined) {
    reader.skip(size);
    return NO_ADDRESS;
  }
  if (size !== ADDRESS_SIZES[kind]) {
    throw new DecodeError(`BIP155 ${kind} address with length ${size} (should be ${ADDRESS_SIZES[kind]})`);
  }
  const bytes = reader.take(size).slice();
  if (kind !== 'ipv6') return new NetAddress(kind, bytes);
  // Networks hidden in IPv6 have ids of their own in this format; only our internal addresses may hide.
  const address = NetAddress.fromV1(bytes);
  return address.kind === 'ipv6' || address.kind === 'internal' ? address : NO_ADDRESS;
}

/** As peers.dat and anchors.dat hold it: version word, then the BIP155 or the first form. */
export function readAddressDisk(reader: Reader): PeerAddress {
  const version = reader.u32() & ~DISK_VERSION_IGNORED;
  if (version === DISK_VERSION_ADDRV2) return readAddressV2(reader);
  if (version === 0) return readAddressV1(reader);
  throw new DecodeError('Unsupported CAddress disk format version');
}

export function writeAddressDisk(writer: Writer, address: PeerAddress): void {
  writer.u32(DISK_VERSION);
  writeAddressV2(writer, address);
}

/** A bare host in BIP155 form, as peers.dat holds the source of an entry. */
export function readHostDisk(reader: Reader): NetAddress {
  return readNetAddressV2(reader);
}

export function writeHostDisk(writer: Writer, address: NetAddress): void {
  writeNetAddressV2(writer, address);
}

function writeCompactSize64(writer: Writer, value: bigint): void {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) writer.compactSize(Number(value));
  else writer.u8(0xff).u64(value);
}
