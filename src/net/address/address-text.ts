import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bytesEqual, toHex } from '../../primitives/bytes.js';
import { type AddressKind, NetAddress } from './net-address.js';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const ONION_VERSION = 3;

/** An IP, `.onion` (version 3) or `.b32.i2p` address, brackets around IPv6 allowed; undefined for anything else. */
export function parseAddress(text: string): NetAddress | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIPv4(bare)) return new NetAddress('ipv4', Uint8Array.from(bare.split('.'), Number));
  if (isIPv6(bare)) return parseIpv6(bare);
  const short = parseShortIpv4(bare);
  if (short !== undefined) return new NetAddress('ipv4', short);
  if (bare.toLowerCase().endsWith('.onion')) return parseOnion(bare.slice(0, -'.onion'.length));
  if (bare.toLowerCase().endsWith('.b32.i2p')) return parseI2p(bare.slice(0, -'.b32.i2p'.length));
  return undefined;
}

/** The address as Core writes it: IPv6 by RFC 5952, no brackets, no port. */
export function formatAddress(address: NetAddress): string {
  const { bytes } = address;
  const formats: Record<AddressKind, () => string> = {
    ipv4: () => bytes.join('.'),
    ipv6: () => formatIpv6(bytes),
    cjdns: () => formatIpv6(bytes),
    onion: () => `${encodeBase32(onionBytes(bytes))}.onion`,
    i2p: () => `${encodeBase32(bytes)}.b32.i2p`,
    internal: () => `${encodeBase32(bytes)}.internal`,
  };
  return formats[address.kind]();
}

/**
 * IPv4 with parts left out or in hex or octal, as inet_aton(3) and so Core take it: the last part fills what the others
 * leave, so `127.1` is 127.0.0.1.
 */
function parseShortIpv4(text: string): Uint8Array | undefined {
  if (!/^(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}$/i.test(text)) return undefined;
  const numbers = text.split('.').map(part => Number(/^0[0-9]/.test(part) ? `0o${part.slice(1)}` : part));
  const last = numbers.pop() ?? Number.NaN;
  const room = 4 - numbers.length;
  if (!(last < 256 ** room) || !numbers.every(number => number < 256)) return undefined;
  const rest = Array.from({ length: room }, (_, i) => Math.floor(last / 256 ** (room - 1 - i)) % 256);
  return Uint8Array.from([...numbers, ...rest]);
}

function parseIpv6(text: string): NetAddress {
  const plain = text.split('%')[0] ?? text;
  // An IPv4 tail stands for the last two groups.
  const tail = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const hex = (a?: string, b?: string) => ((Number(a) << 8) | Number(b)).toString(16);
  const groups = tail === null ? plain : `${tail[1]}${hex(tail[2], tail[3])}:${hex(tail[4], tail[5])}`;
  const [head = '', rest] = groups.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = rest === undefined || rest === '' ? [] : rest.split(':');
  const zeros = rest === undefined ? 0 : 8 - before.length - after.length;
  const words = [...before, ...Array<string>(zeros).fill('0'), ...after].map(word =>
    Number.parseInt(word, 16),
  );
  return NetAddress.fromV1(Uint8Array.from(words.flatMap(word => [word >> 8, word & 0xff])));
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::` (the first of equals). */
function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let best = { start: 0, length: 0 };
  let run = { start: 0, length: 0 };
  groups.forEach((group, i) => {
    run = group === 0 ? { start: run.start, length: run.length + 1 } : { start: i + 1, length: 0 };
    if (run.length > best.length) best = run;
  });
  const hex = (part: readonly number[]) => part.map(group => group.toString(16)).join(':');
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** Version 3 onion name: key, checksum, version. */
function onionBytes(key: Uint8Array): Uint8Array {
  return Uint8Array.of(...key, ...onionChecksum(key), ONION_VERSION);
}

function onionChecksum(key: Uint8Array): Uint8Array {
  const hash = createHash('sha3-256').update('.onion checksum').update(key);
  return hash.update(Uint8Array.of(ONION_VERSION)).digest().subarray(0, 2);
}

function parseOnion(name: string): NetAddress | undefined {
  const bytes = decodeBase32(name.toLowerCase());
  if (bytes?.length !== 35 || bytes[34] !== ONION_VERSION) return undefined;
  const key = bytes.subarray(0, 32);
  return bytesEqual(bytes.subarray(32, 34), onionChecksum(key)) ? new NetAddress('onion', key) : undefined;
}

function parseI2p(name: string): NetAddress | undefined {
  const bytes = name.length === 52 ? decodeBase32(name.toLowerCase()) : undefined;
  return bytes?.length === 32 ? new NetAddress('i2p', bytes) : undefined;
}

function encodeBase32(bytes: Uint8Array): string {
  const bits = bytes.length * 8;
  const padded = Math.ceil(bits / 5) * 5;
  const value = BigInt(`0x0${toHex(bytes)}`) << BigInt(padded - bits);
  const digit = (i: number) => BASE32[Number((value >> BigInt(padded - 5 * (i + 1))) & 31n)] ?? '';
  return Array.from({ length: padded / 5 }, (_, i) => digit(i)).join('');
}

/** Without padding; undefined for foreign characters or bits left over that are not zero. */
function decodeBase32(text: string): Uint8Array | undefined {
  const out: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const char of text) {
    const value = BASE32.indexOf(char);
    if (value < 0) return undefined;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((buffer >> bits) & 0xff);
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 ? Uint8Array.from(out) : undefined;
}
