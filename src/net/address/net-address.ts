import { asBuffer, bytesEqual } from '../../primitives/bytes.js';
import type { NetworkKind, NetworkName } from '../network-name.js';

/** `internal` stands for a source of addresses that is no host, such as a DNS seed's name. */
export type AddressKind = NetworkKind | 'internal';

export const ADDRESS_SIZES: Readonly<Record<AddressKind, number>> = {
  ipv4: 4,
  ipv6: 16,
  onion: 32,
  i2p: 32,
  cjdns: 16,
  internal: 10,
};

const IPV4_IN_IPV6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const ONION_V2_IN_IPV6 = Uint8Array.of(0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43);
const INTERNAL_IN_IPV6 = Uint8Array.of(0xfd, 0x6b, 0x88, 0xc0, 0x87, 0x24);

function startsWith(bytes: Uint8Array, ...prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

/** A host of one of the networks, by its raw bytes (no port). Immutable. */
export class NetAddress {
  private cachedKey: string | undefined;

  constructor(
    readonly kind: AddressKind,
    readonly bytes: Uint8Array,
  ) {}

  /** From the 16 bytes of the first address format, in which IPv4 and others hide in ranges of IPv6. */
  static fromV1(bytes: Uint8Array): NetAddress {
    if (startsWith(bytes, ...IPV4_IN_IPV6)) return new NetAddress('ipv4', bytes.slice(12));
    // Version 2 onion services are gone: the address is nobody's.
    if (startsWith(bytes, ...ONION_V2_IN_IPV6)) return NO_ADDRESS;
    if (startsWith(bytes, ...INTERNAL_IN_IPV6)) return new NetAddress('internal', bytes.slice(6));
    return new NetAddress('ipv6', bytes.slice());
  }

  /** The 16 bytes of the first format; zeros for networks that it cannot name. */
  toV1(): Uint8Array {
    const out = new Uint8Array(16);
    if (this.kind === 'ipv6') out.set(this.bytes);
    else if (this.kind === 'ipv4') {
      out.set(IPV4_IN_IPV6);
      out.set(this.bytes, 12);
    } else if (this.kind === 'internal') {
      out.set(INTERNAL_IN_IPV6);
      out.set(this.bytes, 6);
    }
    return out;
  }

  /** Can be told to peers that know only the first address format. */
  get isV1Compatible(): boolean {
    return this.kind === 'ipv4' || this.kind === 'ipv6' || this.kind === 'internal';
  }

  /** The bytes that hashes and groups are made of: 16 of the first format where it can name the address. */
  get keyBytes(): Uint8Array {
    return this.isV1Compatible ? this.toV1() : this.bytes;
  }

  /** As a map key. */
  get key(): string {
    this.cachedKey ??= `${this.kind}:${asBuffer(this.bytes).toString('latin1')}`;
    return this.cachedKey;
  }

  equals(other: NetAddress): boolean {
    return this.kind === other.kind && bytesEqual(this.bytes, other.bytes);
  }

  get isIp(): boolean {
    return this.kind === 'ipv4' || this.kind === 'ipv6';
  }

  /** A loopback address. */
  get isLocal(): boolean {
    const { kind, bytes } = this;
    if (kind === 'ipv4') return bytes[0] === 127 || bytes[0] === 0;
    return kind === 'ipv6' && bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
  }

  /** All zeros: "any" in a bind. */
  get isAny(): boolean {
    return this.isIp && this.bytes.every(byte => byte === 0);
  }

  get isValid(): boolean {
    const { kind, bytes } = this;
    if (kind === 'internal') return false;
    if (kind === 'cjdns') return bytes[0] === 0xfc;
    if (kind === 'ipv4') {
      return bytes.some(byte => byte !== 0) && bytes.some(byte => byte !== 0xff);
    }
    if (kind === 'ipv6') {
      // 2001:db8::/32 is for documentation (RFC 3849).
      return bytes.some(byte => byte !== 0) && !startsWith(bytes, 0x20, 0x01, 0x0d, 0xb8);
    }
    return true;
  }

  /** Valid and reachable from everywhere: no private, local or reserved range. */
  get isRoutable(): boolean {
    if (!this.isValid || this.isLocal) return false;
    if (this.kind === 'ipv4') return !isPrivateIpv4(this.bytes);
    if (this.kind === 'ipv6') return !isPrivateIpv6(this.bytes);
    return true;
  }

  /** Its network, by the address itself. */
  get network(): NetworkName {
    return this.kind === 'internal' || !this.isRoutable ? 'not_publicly_routable' : this.kind;
  }

  /** Its network, IPv6 addresses that tunnel to IPv4 counted as that (Core's GetNetClass). */
  get networkClass(): NetworkName {
    return this.linkedIpv4 === undefined ? this.network : 'ipv4';
  }

  /** The IPv4 address that stands behind this one: itself, or the one embedded by a transition mechanism. */
  get linkedIpv4(): Uint8Array | undefined {
    if (!this.isRoutable) return undefined;
    const { bytes } = this;
    if (this.kind === 'ipv4') return bytes;
    if (this.kind !== 'ipv6') return undefined;
    // RFC 6052 (64:ff9b::/96) and RFC 6145 (::ffff:0:0/96).
    if (startsWith(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) return bytes.subarray(12);
    if (startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) return bytes.subarray(12);
    // RFC 3964 (6to4) and RFC 4380 (Teredo, which inverts the bits).
    if (startsWith(bytes, 0x20, 0x02)) return bytes.subarray(2, 6);
    if (isTeredo(this)) return bytes.slice(12).map(byte => byte ^ 0xff);
    return undefined;
  }
}

/** The invalid address: `::`. */
export const NO_ADDRESS = new NetAddress('ipv6', new Uint8Array(16));

/** RFC 4380. */
export function isTeredo(address: NetAddress): boolean {
  return address.kind === 'ipv6' && startsWith(address.bytes, 0x20, 0x01, 0, 0);
}

/** Reaches IPv4 hosts through IPv6 (RFC 3964, 6052, 6145). */
export function isTunnel(address: NetAddress): boolean {
  return address.kind === 'ipv6' && !isTeredo(address) && address.linkedIpv4 !== undefined;
}

function isPrivateIpv4(bytes: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0] = bytes;
  return (
    a === 10 ||
    (a === 192 && b === 168) ||
    (a === 172 && b >= 16 && b <= 31) ||
    // RFC 2544 benchmarks, RFC 3927 link-local, RFC 6598 carrier NAT.
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127) ||
    // RFC 5737 documentation.
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  );
}

function isPrivateIpv6(bytes: Uint8Array): boolean {
  return (
    // RFC 4862 link-local, RFC 4193 unique local, RFC 4843 and RFC 7343 ORCHID.
    startsWith(bytes, 0xfe, 0x80, 0, 0, 0, 0, 0, 0) ||
    ((bytes[0] ?? 0) & 0xfe) === 0xfc ||
    (startsWith(bytes, 0x20, 0x01, 0x00) &&
      (((bytes[3] ?? 0) & 0xf0) === 0x10 || ((bytes[3] ?? 0) & 0xf0) === 0x20))
  );
}
