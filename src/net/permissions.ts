import { StartError } from '../runtime/errors.js';
import { type Endpoint, parseEndpoint } from './address/endpoint.js';
import type { NetAddress } from './address/net-address.js';
import { Subnet } from './address/subnet.js';

/** What a peer may do beyond others. Bits as Core has them: some imply others. */
export type PermissionFlags = number;

export const PERMISSION_NONE = 0;
/** May use bloom filters though we do not offer them. */
export const PERMISSION_BLOOM_FILTER = 1 << 1;
/** Transactions are taken and sent even with -blocksonly; its announcements are not limited. */
export const PERMISSION_RELAY = 1 << 3;
/** Its transactions are relayed even when they are known. */
export const PERMISSION_FORCE_RELAY = (1 << 2) | PERMISSION_RELAY;
/** Headers during initial download; blocks beyond the upload target. */
export const PERMISSION_DOWNLOAD = 1 << 6;
/** Never disconnected or discouraged for what it sends. */
export const PERMISSION_NO_BAN = (1 << 4) | PERMISSION_DOWNLOAD;
/** May ask for the mempool's content. */
export const PERMISSION_MEMPOOL = 1 << 5;
/** Gets fresh addresses and may send as many as it likes. */
export const PERMISSION_ADDR = 1 << 7;
const PERMISSION_ALL =
  PERMISSION_BLOOM_FILTER | PERMISSION_FORCE_RELAY | PERMISSION_NO_BAN | PERMISSION_MEMPOOL | PERMISSION_ADDR;
/** No permissions were named: the defaults for whitelisted peers are meant. */
const PERMISSION_IMPLICIT = 1 << 30;

const NAMES: ReadonlyMap<string, PermissionFlags> = new Map([
  ['bloomfilter', PERMISSION_BLOOM_FILTER],
  ['bloom', PERMISSION_BLOOM_FILTER],
  ['noban', PERMISSION_NO_BAN],
  ['forcerelay', PERMISSION_FORCE_RELAY],
  ['relay', PERMISSION_RELAY],
  ['mempool', PERMISSION_MEMPOOL],
  ['download', PERMISSION_DOWNLOAD],
  ['addr', PERMISSION_ADDR],
  ['all', PERMISSION_ALL],
]);

const SHOWN = ['bloomfilter', 'noban', 'forcerelay', 'relay', 'mempool', 'download', 'addr'];

export function hasPermission(flags: PermissionFlags, wanted: PermissionFlags): boolean {
  return (flags & wanted) === wanted;
}

/** Names of the permissions, as getpeerinfo lists them. */
export function permissionNames(flags: PermissionFlags): string[] {
  return SHOWN.filter(name => hasPermission(flags, NAMES.get(name) ?? PERMISSION_ALL));
}

export interface WhitelistEntry {
  readonly flags: PermissionFlags;
  readonly subnet: Subnet;
  /** Which connections it is for: inbound unless told otherwise. */
  readonly inbound: boolean;
  readonly outbound: boolean;
}

export interface WhitebindEntry {
  readonly flags: PermissionFlags;
  readonly endpoint: Endpoint;
}

interface ParsedFlags {
  readonly flags: PermissionFlags;
  readonly inbound: boolean;
  readonly outbound: boolean;
  readonly rest: string;
}

/** `perm1,perm2@rest`; without @ the flags are implicit. @throws StartError with Core's sentence */
function parseFlags(text: string, mayBeOutbound: boolean): ParsedFlags {
  const at = text.indexOf('@');
  if (at < 0) return { flags: PERMISSION_IMPLICIT, inbound: true, outbound: false, rest: text };
  let flags = PERMISSION_NONE;
  let inbound = false;
  let outbound = false;
  for (const name of text.slice(0, at).split(',')) {
    if (name === 'in') inbound = true;
    else if (name === 'out') {
      if (!mayBeOutbound) {
        throw new StartError('whitebind may only be used for incoming connections ("out" was passed)');
      }
      outbound = true;
    } else if (name !== '') {
      const flag = NAMES.get(name);
      if (flag === undefined) throw new StartError(`Invalid P2P permission: '${name}'`);
      flags |= flag;
    }
  }
  if ((inbound || outbound) && flags === PERMISSION_NONE) {
    throw new StartError(`Only direction was set, no permissions: '${text}'`);
  }
  return { flags, inbound: inbound || !outbound, outbound, rest: text.slice(at + 1) };
}

/** -whitelist=<[permissions@]address or subnet>. @throws StartError */
export function parseWhitelist(text: string): WhitelistEntry {
  const { rest, ...parsed } = parseFlags(text, true);
  const subnet = Subnet.parse(rest);
  if (subnet === undefined) throw new StartError(`Invalid netmask specified in -whitelist: '${rest}'`);
  return { ...parsed, subnet };
}

/** -whitebind=<[permissions@]address:port>. @throws StartError */
export function parseWhitebind(text: string): WhitebindEntry {
  const { rest, flags } = parseFlags(text, false);
  const endpoint = parseEndpoint(rest, 0);
  if (endpoint === undefined) throw new StartError(`Cannot resolve -whitebind address: '${rest}'`);
  if (endpoint.port === 0) throw new StartError(`Need to specify a port with -whitebind: '${rest}'`);
  return { flags, endpoint };
}

export interface ImplicitPermissions {
  /** -whitelistrelay, -whitelistforcerelay. */
  readonly relay: boolean;
  readonly forceRelay: boolean;
}

/** What `address` may do: `own` (of the socket it came by) and all that whitelist entries give it. */
export function permissionsFor(
  address: NetAddress,
  own: PermissionFlags,
  entries: readonly WhitelistEntry[],
  implicit: ImplicitPermissions,
): PermissionFlags {
  let flags = own;
  for (const entry of entries) if (entry.subnet.contains(address)) flags |= entry.flags;
  if ((flags & PERMISSION_IMPLICIT) === 0) return flags;
  flags &= ~PERMISSION_IMPLICIT;
  if (implicit.forceRelay) flags |= PERMISSION_FORCE_RELAY;
  if (implicit.relay) flags |= PERMISSION_RELAY;
  return flags | PERMISSION_MEMPOOL | PERMISSION_NO_BAN;
}
