import { asBuffer } from '../../primitives/bytes.js';
import { formatAddress, parseAddress } from './address-text.js';
import { NetAddress, NO_ADDRESS } from './net-address.js';

/** A host and a port (Core's CService). Immutable. */
export class Endpoint {
  constructor(
    readonly address: NetAddress,
    readonly port: number,
  ) {}

  get isValid(): boolean {
    return this.address.isValid;
  }

  /** As a map key. */
  get key(): string {
    return `${this.address.key}:${this.port}`;
  }

  /** Address bytes and big-endian port: what filters and bucket hashes take. */
  get keyBytes(): Uint8Array {
    return Buffer.concat([this.address.keyBytes, Uint8Array.of(this.port >> 8, this.port & 0xff)]);
  }

  equals(other: Endpoint): boolean {
    return this.port === other.port && this.address.equals(other.address);
  }

  /** `1.2.3.4:8333`, `[::1]:8333`. */
  toString(): string {
    const host = formatAddress(this.address);
    const bracketed = this.address.kind === 'ipv6' || this.address.kind === 'cjdns';
    return bracketed ? `[${host}]:${this.port}` : `${host}:${this.port}`;
  }
}

export const NO_ENDPOINT = new Endpoint(NO_ADDRESS, 0);

export interface HostPort {
  readonly host: string;
  /** The default where none was given. */
  readonly port: number;
  /** False when a port was given that is no number from 1 to 65535. */
  readonly valid: boolean;
}

/** Splits `host`, `host:port`, `[ipv6]:port` or a bare IPv6 address; a lone colon separates, several are IPv6. */
export function splitHostPort(text: string, defaultPort: number): HostPort {
  const colon = text.lastIndexOf(':');
  const bracketed = colon > 0 && text.startsWith('[') && text[colon - 1] === ']';
  const several = colon > 0 && text.lastIndexOf(':', colon - 1) >= 0;
  let host = text;
  let port = defaultPort;
  let valid = true;
  if (colon >= 0 && (colon === 0 || bracketed || !several)) {
    const digits = text.slice(colon + 1);
    const given = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
    valid = given > 0 && given <= 0xffff;
    if (given >= 0 && given <= 0xffff) {
      host = text.slice(0, colon);
      port = given;
    }
  }
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1);
  return { host, port, valid };
}

/** An endpoint written in numbers, no names; undefined when `text` is none. Port 0 is allowed. */
export function parseEndpoint(text: string, defaultPort: number): Endpoint | undefined {
  const { host, port } = splitHostPort(text, defaultPort);
  const address = parseAddress(host);
  return address === undefined ? undefined : new Endpoint(address, port);
}

/** Endpoint of a socket's address as Node gives it; IPv4 in IPv6 is taken as IPv4. */
export function socketEndpoint(host: string | undefined, port: number | undefined): Endpoint {
  const address = host === undefined ? undefined : parseAddress(host);
  return new Endpoint(address ?? NO_ADDRESS, port ?? 0);
}

/** A pretended address that marks where addresses came from, such as a DNS seed's name. */
export function internalAddress(nameHash: Uint8Array): NetAddress {
  return new NetAddress('internal', asBuffer(nameHash).subarray(0, 10));
}
