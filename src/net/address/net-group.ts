import type { NetworkName } from '../network-name.js';
import type { NetAddress } from './net-address.js';

/** Core's numbers of the networks; they go into the hashes of peers.dat's buckets. */
const NETWORK_NUMBERS: Readonly<Record<NetworkName, number>> = {
  not_publicly_routable: 0,
  ipv4: 1,
  ipv6: 2,
  onion: 3,
  i2p: 4,
  cjdns: 5,
};
const INTERNAL_NUMBER = 6;

/**
 * Hosts that one operator is likely to hold many of: the /16 of IPv4, the /32 of IPv6 (/36 of he.net, who hand out free
 * tunnels), 4 bits of networks whose addresses are keys. We spread connections and buckets over groups.
 */
export function netGroup(address: NetAddress): Uint8Array {
  if (address.kind === 'internal') return Uint8Array.of(INTERNAL_NUMBER, ...address.bytes);
  const number = NETWORK_NUMBERS[address.networkClass];
  if (address.isLocal || !address.isRoutable) return Uint8Array.of(number);
  const ipv4 = address.linkedIpv4;
  if (ipv4 !== undefined) return Uint8Array.of(number, ...ipv4.subarray(0, 2));
  return Uint8Array.of(number, ...leadingBits(address.keyBytes, groupBits(address)));
}

function groupBits(address: NetAddress): number {
  if (address.kind === 'onion' || address.kind === 'i2p') return 4;
  // The first byte of a CJDNS address is the same for all.
  if (address.kind === 'cjdns') return 12;
  const [a, b, c, d] = address.bytes;
  return a === 0x20 && b === 0x01 && c === 0x04 && d === 0x70 ? 36 : 32;
}

/** The first `bits` bits, the rest of the last byte filled with ones. */
function leadingBits(bytes: Uint8Array, bits: number): Uint8Array {
  const whole = bits >> 3;
  const rest = bits & 7;
  const out = [...bytes.subarray(0, whole)];
  if (rest > 0) out.push((bytes[whole] ?? 0) | ((1 << (8 - rest)) - 1));
  return Uint8Array.from(out);
}
