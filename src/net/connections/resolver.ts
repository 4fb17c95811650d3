import { lookup } from 'node:dns/promises';
import { parseAddress } from '../address/address-text.js';
import type { NetAddress } from '../address/net-address.js';

/** Addresses taken from one answer. */
const MAX_RESULTS = 256;

/** Turns host names into addresses. An unknown name gives none. */
export type Resolver = (host: string) => Promise<NetAddress[]>;

const LOCALHOST = ['127.0.0.1', '::1'];

function parseAll(texts: readonly string[]): NetAddress[] {
  return texts.map(parseAddress).filter(address => address !== undefined);
}

/** Knows `localhost` only (-dns=0). */
export const localResolver: Resolver = host =>
  Promise.resolve(host.toLowerCase() === 'localhost' ? parseAll(LOCALHOST) : []);

/** Asks the system, for names that the user gave. */
export const systemResolver: Resolver = async host => {
  const local = await localResolver(host);
  if (local.length > 0) return local;
  try {
    const found = await lookup(host, { all: true });
    return parseAll(found.slice(0, MAX_RESULTS).map(({ address }) => address));
  } catch {
    return [];
  }
};
