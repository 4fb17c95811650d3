import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { formatAddress } from '../address/address-text.js';
import type { Endpoint } from '../address/endpoint.js';
import type { NetAddress } from '../address/net-address.js';
import type { PeerAddress } from '../address/peer-address.js';
import type { AddressCounts, KnownAddress, RawAddressEntry } from '../api.js';
import type { NetworkKind, NetworkName } from '../network-name.js';
import { type Random, randomBelow } from '../random.js';
import { BUCKET_SIZE, Buckets, NEW_BUCKET_COUNT, TRIED_BUCKET_COUNT } from './buckets.js';
import { type AddressEntry, AddressTables, MAX_NEW_REFERENCES } from './tables.js';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** Seconds after which an address that nobody speaks of is not worth keeping. */
const HORIZON = 30 * DAY;
/** Failed tries after which an address that never answered is given up, and one that once did. */
const MAX_RETRIES = 3;
const MAX_FAILURES = 10;
/** Seconds since its last success before the latter counts. */
const MIN_FAIL_TIME = 7 * DAY;
/** Seconds without success after which a tried address may lose its place. */
const REPLACEMENT_TIME = 4 * HOUR;
/** Tried addresses that wait to be tested because another one wants their place. */
const MAX_TRIED_COLLISIONS = 10;
/** Seconds that such a test may take. */
const TEST_WINDOW = 40 * 60;
/** Seconds that a time may be ahead of our clock. */
const MAX_FUTURE = 10 * 60;

export interface SelectedAddress {
  readonly address: PeerAddress;
  /** Unix seconds, 0 for never. */
  readonly lastTry: number;
}

export interface AddressManagerModules {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
}

/**
 * What we know of other nodes' addresses, bounded and hard to poison: addresses we only heard of are kept apart from
 * those we were connected to, both in buckets chosen by secret hashes (see {@link Buckets}).
 */
export class AddressManager {
  /** Ids of addresses that answered, but whose place in tried is taken. */
  private readonly collisions = new Set<number>();
  private lastGood = 1;

  constructor(
    private readonly modules: AddressManagerModules,
    readonly tables: AddressTables = new AddressTables(new Buckets(modules.random.bytes(32)), modules.logger),
  ) {}

  counts(network?: NetworkName): AddressCounts {
    return this.tables.counts(network);
  }

  get size(): number {
    return this.tables.entries.size;
  }

  /**
   * Takes addresses told by `source` into new. True when one of them got a place.
   *
   * @param timePenalty seconds by which the addresses are taken to be older than told
   */
  add(addresses: readonly PeerAddress[], source: NetAddress, timePenalty = 0): boolean {
    let added = 0;
    for (const address of addresses) if (this.addOne(address, source, timePenalty)) added++;
    if (added > 0) {
      const { new: inNew, tried } = this.counts();
      const from = `(of ${addresses.length}) from ${formatAddress(source)}: ${tried} tried, ${inNew} new`;
      this.debug(`Added ${added} addresses ${from}`);
    }
    return added > 0;
  }

  /** We were connected to it: it goes to tried, unless its place is taken by one that has to be tested first. */
  good(endpoint: Endpoint, testBeforeEvict = true, now = this.modules.clock.now()): boolean {
    this.lastGood = now;
    const entry = this.tables.find(endpoint);
    if (entry === undefined) return false;
    entry.lastSuccess = now;
    entry.lastTry = now;
    entry.attempts = 0;
    if (entry.inTried) return false;
    const place = this.tables.triedPlace(entry);
    const occupant = this.tables.at(true, place);
    if (testBeforeEvict && occupant !== undefined) {
      if (this.collisions.size < MAX_TRIED_COLLISIONS) this.collisions.add(entry.id);
      const move = `while attempting to move ${endpoint} to tried table`;
      this.debug(`Collision with ${occupant.endpoint} ${move}. Collisions=${this.collisions.size}`);
      return false;
    }
    this.tables.makeTried(entry);
    this.debug(`Moved ${endpoint} to tried[${place.bucket}][${place.position}]`);
    return true;
  }

  /** We tried to connect. A failure counts only once between successes with any peer: else it may be our network. */
  attempt(endpoint: Endpoint, countFailure: boolean): void {
    const entry = this.tables.find(endpoint);
    if (entry === undefined) return;
    const now = this.modules.clock.now();
    entry.lastTry = now;
    if (!countFailure || entry.lastCountedTry >= this.lastGood) return;
    entry.lastCountedTry = now;
    entry.attempts++;
  }

  /** A connection to it has ended: it was up until now. */
  connected(endpoint: Endpoint): void {
    const entry = this.tables.find(endpoint);
    const now = this.modules.clock.now();
    if (entry !== undefined && now - entry.time > 20 * 60) entry.time = now;
  }

  setServices(endpoint: Endpoint, services: bigint): void {
    const entry = this.tables.find(endpoint);
    if (entry !== undefined) entry.services = services;
  }

  /** A random address to connect to, those that failed lately less likely. Both tables are equally likely. */
  select(newOnly = false, network?: NetworkKind): SelectedAddress | undefined {
    const { new: newCount, tried: triedCount } = this.counts(network);
    if (newCount + (newOnly ? 0 : triedCount) === 0) return undefined;
    const { random } = this.modules;
    const tried = !newOnly && triedCount > 0 && (newCount === 0 || random.unit() < 0.5);
    const bucketCount = tried ? TRIED_BUCKET_COUNT : NEW_BUCKET_COUNT;
    const now = this.modules.clock.now();
    // Each round makes a choice more likely, so that it ends even when all addresses are bad.
    for (let factor = 1; ; factor *= 1.2) {
      const entry = this.findInBucket(tried, randomBelow(random, bucketCount), network);
      if (entry === undefined) {
        factor /= 1.2;
        continue;
      }
      if (random.unit() >= factor * chance(entry, now)) continue;
      this.debug(`Selected ${entry.endpoint} from ${tried ? 'tried' : 'new'}`);
      return { address: peerAddress(entry), lastTry: entry.lastTry };
    }
  }

  /** The occupant of a place in tried that another address wants: one to test. */
  selectTriedCollision(): SelectedAddress | undefined {
    const ids = [...this.collisions];
    const id = ids[randomBelow(this.modules.random, ids.length)];
    if (id === undefined) return undefined;
    const wanting = this.tables.entries.get(id);
    if (wanting === undefined) {
      this.collisions.delete(id);
      return undefined;
    }
    const occupant = this.tables.at(true, this.tables.triedPlace(wanting));
    return occupant === undefined ? undefined : { address: peerAddress(occupant), lastTry: occupant.lastTry };
  }

  /** Decides, for places in tried that two addresses want, who keeps it, as far as the tests have told. */
  resolveCollisions(): void {
    for (const id of [...this.collisions]) {
      const entry = this.tables.entries.get(id);
      if (entry === undefined || this.resolveCollision(entry)) this.collisions.delete(id);
    }
  }

  /**
   * Random addresses, at most `max` of them and `percent` of all (0: no limit), leaving out the hopeless unless
   * `filtered` is false.
   */
  sample(max: number, percent: number, network?: NetworkKind, filtered = true): PeerAddress[] {
    const { random } = this.tables;
    let wanted = random.length;
    if (percent !== 0) wanted = Math.floor((percent * wanted) / 100);
    if (max !== 0) wanted = Math.min(wanted, max);
    const now = this.modules.clock.now();
    const found: PeerAddress[] = [];
    for (let i = 0; i < random.length && found.length < wanted; i++) {
      this.tables.swapRandom(i, i + randomBelow(this.modules.random, random.length - i));
      const entry = this.tables.entries.get(random[i] as number);
      if (entry === undefined || (filtered && isTerrible(entry, now))) continue;
      if (network === undefined || entry.endpoint.address.networkClass === network) {
        found.push(peerAddress(entry));
      }
    }
    this.debug(`GetAddr returned ${found.length} random addresses`);
    return found;
  }

  raw(tried: boolean): RawAddressEntry[] {
    return [...this.tables.slots(tried)].map(([{ bucket, position }, entry]) => ({
      ...knownAddress(peerAddress(entry)),
      bucket,
      position,
      source: formatAddress(entry.source),
      sourceNetwork: entry.source.networkClass,
    }));
  }

  private addOne(address: PeerAddress, source: NetAddress, penalty: number): boolean {
    const { endpoint } = address;
    if (!endpoint.address.isRoutable) return false;
    const timePenalty = endpoint.address.equals(source) ? 0 : penalty;
    const known = this.tables.find(endpoint);
    if (known !== undefined && !this.wantsAnotherPlace(known, address, timePenalty)) return false;
    const entry = known ?? this.tables.create(address, source);
    if (known === undefined) entry.time = Math.max(0, entry.time - timePenalty);
    const place = this.tables.newPlace(entry, source);
    const occupant = this.tables.at(false, place);
    if (occupant === entry) return false;
    const now = this.modules.clock.now();
    const isFree =
      occupant === undefined ||
      isTerrible(occupant, now) ||
      (occupant.references > 1 && entry.references === 0);
    if (isFree) {
      this.tables.placeInNew(entry, place);
      this.debug(`Added ${endpoint} to new[${place.bucket}][${place.position}]`);
    } else if (entry.references === 0) {
      this.tables.delete(entry);
    }
    return isFree;
  }

  /** Updates a known entry by what was told; whether it may take one more place, ever less likely. */
  private wantsAnotherPlace(entry: AddressEntry, told: PeerAddress, timePenalty: number): boolean {
    const isOnline = this.modules.clock.now() - told.time < DAY;
    const updateInterval = isOnline ? HOUR : DAY;
    if (entry.time < told.time - updateInterval - timePenalty) {
      entry.time = Math.max(0, told.time - timePenalty);
    }
    entry.services |= told.services;
    if (told.time <= entry.time || entry.inTried || entry.references === MAX_NEW_REFERENCES) return false;
    return entry.references === 0 || randomBelow(this.modules.random, 1 << entry.references) === 0;
  }

  private findInBucket(tried: boolean, bucket: number, network?: NetworkKind): AddressEntry | undefined {
    const start = randomBelow(this.modules.random, BUCKET_SIZE);
    for (let i = 0; i < BUCKET_SIZE; i++) {
      const entry = this.tables.at(tried, { bucket, position: (start + i) % BUCKET_SIZE });
      if (entry === undefined) continue;
      if (network === undefined || entry.endpoint.address.network === network) return entry;
    }
    return undefined;
  }

  /** True when the matter is settled. */
  private resolveCollision(entry: AddressEntry): boolean {
    const now = this.modules.clock.now();
    const occupant = this.tables.at(true, this.tables.triedPlace(entry));
    if (occupant === undefined) {
      this.good(entry.endpoint, false, now);
      return true;
    }
    if (now - occupant.lastSuccess < REPLACEMENT_TIME) return true;
    if (now - occupant.lastTry < REPLACEMENT_TIME) {
      // Tried and failed lately; a minute is left for the handshake.
      if (now - occupant.lastTry <= 60) return false;
      this.debug(`Replacing ${occupant.endpoint} with ${entry.endpoint} in tried table`);
      this.good(entry.endpoint, false, now);
      return true;
    }
    if (now - entry.lastSuccess <= TEST_WINDOW) return false;
    const pair = `${occupant.endpoint} with ${entry.endpoint}`;
    this.debug(`Unable to test; replacing ${pair} in tried table anyway`);
    this.good(entry.endpoint, false, now);
    return true;
  }

  private debug(message: string): void {
    this.modules.logger.debug('addrman', message);
  }
}

/** Not worth a place that another could use. */
function isTerrible(entry: AddressEntry, now: number): boolean {
  if (now - entry.lastTry <= 60) return false;
  if (entry.time > now + MAX_FUTURE || now - entry.time > HORIZON) return true;
  if (entry.lastSuccess === 0 && entry.attempts >= MAX_RETRIES) return true;
  return now - entry.lastSuccess > MIN_FAIL_TIME && entry.attempts >= MAX_FAILURES;
}

/** Relative chance to be chosen. */
function chance(entry: AddressEntry, now: number): number {
  const triedLately = now - entry.lastTry < 10 * 60;
  return (triedLately ? 0.01 : 1) * 0.66 ** Math.min(entry.attempts, 8);
}

function peerAddress({ endpoint, services, time }: AddressEntry): PeerAddress {
  return { endpoint, services, time };
}

/** An address as RPC shows it. */
export function knownAddress({ endpoint, services, time }: PeerAddress): KnownAddress {
  return {
    address: formatAddress(endpoint.address),
    port: endpoint.port,
    services,
    time,
    network: endpoint.address.networkClass,
  };
}
