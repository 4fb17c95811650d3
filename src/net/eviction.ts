import type { NodeId } from './api.js';
import type { NetworkName } from './network-name.js';

/** What the choice of an inbound peer to drop looks at. Times in Unix seconds, 0 for never. */
export interface EvictionCandidate {
  readonly id: NodeId;
  readonly connected: number;
  /** Infinity before the first pong. */
  readonly minPingMs: number;
  readonly lastBlock: number;
  readonly lastTransaction: number;
  readonly relevantServices: boolean;
  readonly relaysTxs: boolean;
  readonly bloomFilter: boolean;
  /** Salted: an attacker cannot know which groups are protected. */
  readonly netGroup: bigint;
  /** Discouraged: goes first. */
  readonly preferEvict: boolean;
  readonly isLocal: boolean;
  readonly network: NetworkName;
}

type Order = (a: EvictionCandidate, b: EvictionCandidate) => number;

/** Peers protected for each virtue, which an attacker would have to show with many peers at once. */
const PROTECTED_BY_GROUP = 4;
const PROTECTED_BY_PING = 8;
const PROTECTED_BY_TX = 4;
const PROTECTED_BLOCK_RELAY = 8;
const PROTECTED_BY_BLOCK = 4;

const byBool = (a: boolean, b: boolean) => Number(a) - Number(b);
/** The longest connected are last, which is best. */
const byUptime: Order = (a, b) => b.connected - a.connected;
const byBlock: Order = (a, b) =>
  a.lastBlock - b.lastBlock || byBool(a.relevantServices, b.relevantServices) || byUptime(a, b);
const byTx: Order = (a, b) =>
  a.lastTransaction - b.lastTransaction ||
  byBool(a.relaysTxs, b.relaysTxs) ||
  byBool(b.bloomFilter, a.bloomFilter) ||
  byUptime(a, b);
const byBlockRelay: Order = (a, b) => byBool(b.relaysTxs, a.relaysTxs) || byBlock(a, b);
const byGroup: Order = (a, b) => (a.netGroup < b.netGroup ? -1 : a.netGroup > b.netGroup ? 1 : 0);
const byPing: Order = (a, b) => compare(b.minPingMs, a.minPingMs);

/** Infinity less infinity is not a number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Takes the best `count` by `order` out of the candidates, as far as `condition` holds for them. */
function protect(
  candidates: readonly EvictionCandidate[],
  order: Order,
  count: number,
  condition: (candidate: EvictionCandidate) => boolean = () => true,
): EvictionCandidate[] {
  const sorted = [...candidates].sort(order);
  const keep = sorted.length - Math.min(count, sorted.length);
  return sorted.filter((candidate, i) => i < keep || !condition(candidate));
}

/** Networks whose peers have worse ping and come later: a quarter of the slots is theirs. */
const DISADVANTAGED: readonly ((candidate: EvictionCandidate) => boolean)[] = [
  candidate => candidate.network === 'cjdns',
  candidate => candidate.network === 'i2p',
  candidate => candidate.isLocal,
  candidate => candidate.network === 'onion',
];

/** Protects half of the candidates: up to a quarter by disadvantaged network, the rest by time connected. */
export function protectByRatio(all: readonly EvictionCandidate[]): EvictionCandidate[] {
  const total = Math.floor(all.length / 2);
  const forNetworks = Math.floor(total / 2);
  let candidates = [...all];
  const counted = DISADVANTAGED.map(belongs => ({ belongs, count: all.filter(belongs).length }));
  const networks = counted.sort((a, b) => a.count - b.count);
  let done = 0;
  while (done < forNetworks) {
    const present = networks.filter(network => network.count > 0);
    if (present.length === 0) break;
    const each = Math.max(Math.floor((forNetworks - done) / present.length), 1);
    for (const network of present) {
      const order: Order = (a, b) => byBool(network.belongs(a), network.belongs(b)) || byUptime(a, b);
      const before = candidates.length;
      candidates = protect(candidates, order, each, network.belongs);
      done += before - candidates.length;
      network.count -= before - candidates.length;
      if (done >= forNetworks) break;
    }
  }
  return protect(candidates, byUptime, total - done);
}

/**
 * The inbound peer that makes room for a new one, or undefined when all are worth keeping. After those protected by a
 * virtue are taken out, it is the youngest of the network group with most peers.
 */
export function selectPeerToEvict(inbound: readonly EvictionCandidate[]): NodeId | undefined {
  let candidates = protect(inbound, byGroup, PROTECTED_BY_GROUP);
  candidates = protect(candidates, byPing, PROTECTED_BY_PING);
  candidates = protect(candidates, byTx, PROTECTED_BY_TX);
  const blocksOnly = (c: EvictionCandidate) => !c.relaysTxs && c.relevantServices;
  candidates = protect(candidates, byBlockRelay, PROTECTED_BLOCK_RELAY, blocksOnly);
  candidates = protect(candidates, byBlock, PROTECTED_BY_BLOCK);
  candidates = protectByRatio(candidates);
  if (candidates.some(candidate => candidate.preferEvict)) {
    candidates = candidates.filter(candidate => candidate.preferEvict);
  }
  return largestGroup(candidates)[0]?.id;
}

/** Members of the group with most candidates, the youngest first; of equal groups, the one with the younger peer. */
function largestGroup(candidates: readonly EvictionCandidate[]): EvictionCandidate[] {
  const groups = new Map<bigint, EvictionCandidate[]>();
  for (const candidate of [...candidates].sort(byUptime)) {
    const group = groups.get(candidate.netGroup);
    if (group === undefined) groups.set(candidate.netGroup, [candidate]);
    else group.push(candidate);
  }
  let largest: EvictionCandidate[] = [];
  for (const group of groups.values()) {
    const younger = (group[0]?.connected ?? 0) > (largest[0]?.connected ?? 0);
    if (group.length > largest.length || (group.length === largest.length && younger)) largest = group;
  }
  return largest;
}
