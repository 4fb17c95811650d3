import { SipHash } from '../crypto/siphash.js';
import type { NetAddress } from './address/net-address.js';
import { netGroup } from './address/net-group.js';

/** A network group as a number that nobody without the salt can know. */
export function hashNetGroup(salt: readonly [bigint, bigint], address: NetAddress): bigint {
  return new SipHash(salt[0], salt[1]).hash(netGroup(address));
}
