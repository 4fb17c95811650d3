import { compareBytes } from '../../primitives/bytes.js';
import { NETWORK_KINDS } from '../network-name.js';
import { formatAddress, parseAddress } from './address-text.js';
import { NetAddress } from './net-address.js';

const NETWORK_ORDER: readonly string[] = NETWORK_KINDS;

/** A range of IP addresses, or one address of another network (Core's CSubNet). Immutable. */
export class Subnet {
  private constructor(
    readonly base: NetAddress,
    private readonly mask: Uint8Array,
  ) {}

  /** One address. */
  static single(address: NetAddress): Subnet {
    return new Subnet(address, new Uint8Array(address.bytes.length).fill(0xff));
  }

  /**
   * An address, `address/bits` or `address/mask`. Undefined when it is none, when the mask has holes, or when another
   * network than IP is given a mask.
   */
  static parse(text: string): Subnet | undefined {
    const slash = text.lastIndexOf('/');
    const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
    if (address === undefined) return undefined;
    if (slash < 0) return Subnet.single(address);
    if (!address.isIp) return undefined;
    const mask = parseMask(text.slice(slash + 1), address);
    return mask === undefined ? undefined : Subnet.masked(address, mask);
  }

  private static masked(address: NetAddress, mask: Uint8Array): Subnet {
    const base = address.bytes.map((byte, i) => byte & (mask[i] ?? 0));
    return new Subnet(new NetAddress(address.kind, base), mask);
  }

  /** Invalid addresses are in no range. */
  contains(address: NetAddress): boolean {
    if (!address.isValid || address.kind !== this.base.kind) return false;
    return address.bytes.every((byte, i) => (byte & (this.mask[i] ?? 0)) === this.base.bytes[i]);
  }

  /** Order of lists: by network, by first address, the wider before the narrower. */
  compare(other: Subnet): number {
    return (
      NETWORK_ORDER.indexOf(this.base.kind) - NETWORK_ORDER.indexOf(other.base.kind) ||
      compareBytes(this.base.bytes, other.base.bytes) ||
      compareBytes(this.mask, other.mask)
    );
  }

  /** In CIDR form; other networks than IP have no suffix. */
  toString(): string {
    const host = formatAddress(this.base);
    if (!this.base.isIp) return host;
    const bits = this.mask.reduce((sum, byte) => sum + countOnes(byte), 0);
    return `${host}/${bits}`;
  }
}

function parseMask(text: string, address: NetAddress): Uint8Array | undefined {
  const length = address.bytes.length;
  if (/^\d{1,3}$/.test(text)) {
    const bits = Number(text);
    return bits <= length * 8 ? maskOfBits(bits, length) : undefined;
  }
  const mask = parseAddress(text);
  if (mask?.kind !== address.kind) return undefined;
  const bits = mask.bytes.reduce((sum, byte) => sum + countOnes(byte), 0);
  const contiguous = maskOfBits(bits, length).every((byte, i) => byte === mask.bytes[i]);
  return contiguous ? mask.bytes : undefined;
}

function maskOfBits(bits: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => {
    const here = Math.min(Math.max(bits - 8 * i, 0), 8);
    return (0xff << (8 - here)) & 0xff;
  });
}

function countOnes(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
