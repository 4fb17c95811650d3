import { assert, defined } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import type { Endpoint } from '../address/endpoint.js';
import type { NetAddress } from '../address/net-address.js';
import type { PeerAddress } from '../address/peer-address.js';
import type { AddressCounts } from '../api.js';
import type { NetworkName } from '../network-name.js';
import { BUCKET_SIZE, type Buckets, NEW_BUCKET_COUNT, TRIED_BUCKET_COUNT } from './buckets.js';
import { SlotTable } from './slot-table.js';

/** New buckets that one address may stand in. */
export const MAX_NEW_REFERENCES = 8;

/** A known node. Times in Unix seconds, 0 for never. */
export interface AddressEntry {
  readonly id: number;
  readonly endpoint: Endpoint;
  /** Who told us first. */
  readonly source: NetAddress;
  services: bigint;
  /** Last seen. */
  time: number;
  lastTry: number;
  /** The last try that counted as a failure; not on disk. */
  lastCountedTry: number;
  lastSuccess: number;
  /** Failed tries since the last success. */
  attempts: number;
  /** New buckets that it stands in. */
  references: number;
  inTried: boolean;
  /** Place in the list that random choices are made from. */
  randomIndex: number;
}

export interface TablePlace {
  readonly bucket: number;
  readonly position: number;
}

function slotOf({ bucket, position }: TablePlace): number {
  return bucket * BUCKET_SIZE + position;
}

interface Counts {
  new: number;
  tried: number;
}

/**
 * The tables "new" (heard of) and "tried" (connected to once) with their buckets.
 *
 * Invariants: an entry is in tried exactly when it is in one tried slot and no new slot; any other entry stands in 1 to
 * 8 new slots, one for each reference.
 */
export class AddressTables {
  readonly entries = new Map<number, AddressEntry>();
  /** Ids in an order that `swapRandom` mixes. */
  readonly random: number[] = [];
  private readonly byEndpoint = new Map<string, AddressEntry>();
  private readonly newSlots = new SlotTable(NEW_BUCKET_COUNT * BUCKET_SIZE);
  private readonly triedSlots = new SlotTable(TRIED_BUCKET_COUNT * BUCKET_SIZE);
  private readonly networks = new Map<NetworkName, Counts>();
  private readonly total: Counts = { new: 0, tried: 0 };
  private nextId = 0;

  constructor(
    readonly buckets: Buckets,
    private readonly logger: Logger,
  ) {}

  counts(network?: NetworkName): AddressCounts {
    const counts = network === undefined ? this.total : (this.networks.get(network) ?? { new: 0, tried: 0 });
    return { new: counts.new, tried: counts.tried, total: counts.new + counts.tried };
  }

  find(endpoint: Endpoint): AddressEntry | undefined {
    return this.byEndpoint.get(endpoint.key);
  }

  /** Makes an entry that stands in no slot yet; it counts as new. */
  create({ endpoint, services, time }: PeerAddress, source: NetAddress): AddressEntry {
    const entry: AddressEntry = {
      id: this.nextId++,
      endpoint,
      source,
      services,
      time,
      lastTry: 0,
      lastCountedTry: 0,
      lastSuccess: 0,
      attempts: 0,
      references: 0,
      inTried: false,
      randomIndex: this.random.length,
    };
    this.entries.set(entry.id, entry);
    this.byEndpoint.set(endpoint.key, entry);
    this.random.push(entry.id);
    this.count(entry, 'new', 1);
    return entry;
  }

  /** Forgets an entry that stands in no slot. */
  delete(entry: AddressEntry): void {
    assert(!entry.inTried && entry.references === 0, 'a deleted address stands nowhere');
    this.swapRandom(entry.randomIndex, this.random.length - 1);
    this.random.pop();
    this.count(entry, 'new', -1);
    this.entries.delete(entry.id);
    this.byEndpoint.delete(entry.endpoint.key);
  }

  swapRandom(a: number, b: number): void {
    if (a === b) return;
    const first = defined(this.entries.get(this.random[a] as number), 'entry in random order');
    const second = defined(this.entries.get(this.random[b] as number), 'entry in random order');
    this.random[a] = second.id;
    this.random[b] = first.id;
    first.randomIndex = b;
    second.randomIndex = a;
  }

  newPlace(entry: AddressEntry, source: NetAddress = entry.source): TablePlace {
    return this.newPlaceIn(entry, this.buckets.new(entry.endpoint, source));
  }

  /** Where the entry would stand in this new bucket. */
  newPlaceIn(entry: AddressEntry, bucket: number): TablePlace {
    return { bucket, position: this.buckets.position(entry.endpoint, true, bucket) };
  }

  triedPlace(entry: AddressEntry): TablePlace {
    const bucket = this.buckets.tried(entry.endpoint);
    return { bucket, position: this.buckets.position(entry.endpoint, false, bucket) };
  }

  at(tried: boolean, place: TablePlace): AddressEntry | undefined {
    const slots = tried ? this.triedSlots : this.newSlots;
    const id = slots.at(slotOf(place));
    return id === undefined ? undefined : this.entries.get(id);
  }

  /** Puts the entry into a new slot, in place of whatever stands there. */
  placeInNew(entry: AddressEntry, place: TablePlace): void {
    this.clearNew(place);
    entry.references++;
    this.newSlots.put(slotOf(place), entry.id);
  }

  /** Moves the entry from new to tried; what stands in its place there goes back to new. */
  makeTried(entry: AddressEntry): void {
    this.leaveNew(entry);
    this.count(entry, 'new', -1);
    const place = this.triedPlace(entry);
    const evicted = this.at(true, place);
    if (evicted !== undefined) this.backToNew(evicted, place);
    this.putTried(entry, place);
  }

  /** Puts an entry that stands nowhere into tried (reading the file). */
  putTried(entry: AddressEntry, place: TablePlace): void {
    this.triedSlots.put(slotOf(place), entry.id);
    entry.inTried = true;
    this.count(entry, 'tried', 1);
  }

  /** An entry that was counted as new when it was made stands in tried from now on (reading the file). */
  uncountNew(entry: AddressEntry): void {
    this.count(entry, 'new', -1);
  }

  /** Everything in one of the tables, by bucket and position. */
  *slots(tried: boolean): Generator<readonly [TablePlace, AddressEntry]> {
    const slots = tried ? this.triedSlots : this.newSlots;
    for (const [slot, id] of slots.used()) {
      const entry = this.entries.get(id);
      if (entry === undefined) continue;
      yield [{ bucket: Math.floor(slot / BUCKET_SIZE), position: slot % BUCKET_SIZE }, entry];
    }
  }

  /** Throws when an invariant does not hold; for tests and for files. */
  check(): void {
    const references = new Map<number, number>();
    for (const [place, entry] of this.slots(false)) {
      assert(this.newPlaceIn(entry, place.bucket).position === place.position, 'new entry in its place');
      references.set(entry.id, (references.get(entry.id) ?? 0) + 1);
    }
    const tried = new Set<number>();
    for (const [place, entry] of this.slots(true)) {
      const own = this.triedPlace(entry);
      assert(own.bucket === place.bucket && own.position === place.position, 'tried entry in its place');
      tried.add(entry.id);
    }
    for (const entry of this.entries.values()) {
      const held = references.get(entry.id) ?? 0;
      assert(entry.inTried === tried.has(entry.id), 'entry knows that it is in tried');
      assert(entry.references === held && held <= MAX_NEW_REFERENCES, 'entry knows its references');
      assert(entry.inTried === (held === 0), 'entry is in exactly one table');
      assert(this.random[entry.randomIndex] === entry.id, 'entry is in the random order');
    }
    assert(this.random.length === this.entries.size, 'random order holds every entry');
    assert(this.total.tried === tried.size, 'count of tried entries');
    assert(this.total.new + this.total.tried === this.entries.size, 'count of new entries');
  }

  private clearNew(place: TablePlace): void {
    const entry = this.at(false, place);
    if (entry === undefined) return;
    this.newSlots.clear(slotOf(place));
    entry.references--;
    this.logger.debug('addrman', `Removed ${entry.endpoint} from new[${place.bucket}][${place.position}]`);
    if (entry.references === 0) this.delete(entry);
  }

  private leaveNew(entry: AddressEntry): void {
    const start = this.buckets.new(entry.endpoint, entry.source);
    for (let i = 0; i < NEW_BUCKET_COUNT && entry.references > 0; i++) {
      const place = this.newPlaceIn(entry, (start + i) % NEW_BUCKET_COUNT);
      const slot = slotOf(place);
      if (this.newSlots.at(slot) !== entry.id) continue;
      this.newSlots.clear(slot);
      entry.references--;
    }
    assert(entry.references === 0, 'an address that leaves new stands nowhere there');
  }

  private backToNew(entry: AddressEntry, from: TablePlace): void {
    this.triedSlots.clear(slotOf(from));
    entry.inTried = false;
    this.count(entry, 'tried', -1);
    this.count(entry, 'new', 1);
    const place = this.newPlace(entry);
    this.placeInNew(entry, place);
    const where = `tried[${from.bucket}][${from.position}] to new[${place.bucket}][${place.position}]`;
    this.logger.debug('addrman', `Moved ${entry.endpoint} from ${where} to make space`);
  }

  private count(entry: AddressEntry, table: keyof Counts, change: number): void {
    this.total[table] += change;
    const { network } = entry.endpoint.address;
    const counts = this.networks.get(network) ?? { new: 0, tried: 0 };
    counts[table] += change;
    this.networks.set(network, counts);
  }
}
