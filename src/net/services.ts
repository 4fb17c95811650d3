/** Bits of the services that a node offers. */
export const NODE_NONE = 0n;
/** Serves the whole chain. */
export const NODE_NETWORK = 1n << 0n;
/** Answers bloom filter messages (BIP111). */
export const NODE_BLOOM = 1n << 2n;
/** Serves witnesses (BIP144). */
export const NODE_WITNESS = 1n << 3n;
/** Serves compact filters (BIP157). */
export const NODE_COMPACT_FILTERS = 1n << 6n;
/** Serves at least the last 288 blocks (BIP159). */
export const NODE_NETWORK_LIMITED = 1n << 10n;
/** So many blocks below its tip does a limited node have at the least (BIP159). */
export const LIMITED_MIN_BLOCKS = 288;
/** Speaks the encrypted transport (BIP324). */
export const NODE_P2P_V2 = 1n << 11n;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'NETWORK'],
  [2, 'BLOOM'],
  [3, 'WITNESS'],
  [6, 'COMPACT_FILTERS'],
  [10, 'NETWORK_LIMITED'],
  [11, 'P2P_V2'],
]);

/** Names of all bits that are set, as RPC lists them; unknown ones as `UNKNOWN[2^n]`. */
export function serviceNames(services: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if ((services >> BigInt(bit)) & 1n) names.push(NAMES.get(bit) ?? `UNKNOWN[2^${bit}]`);
  }
  return names;
}

export function hasServices(services: bigint, wanted: bigint): boolean {
  return (services & wanted) === wanted;
}

/** It can send us blocks: all, or the recent ones. */
export function canServeBlocks(services: bigint): boolean {
  return (services & (NODE_NETWORK | NODE_NETWORK_LIMITED)) !== 0n;
}

/** It has recent blocks only. */
export function isLimitedPeer(services: bigint): boolean {
  return (services & NODE_NETWORK) === 0n && (services & NODE_NETWORK_LIMITED) !== 0n;
}

export function canServeWitnesses(services: bigint): boolean {
  return (services & NODE_WITNESS) !== 0n;
}

/** A node like this may know addresses worth keeping. */
export function mayHaveUsefulAddresses(services: bigint): boolean {
  return canServeBlocks(services);
}
