import { SipHash } from '../../crypto/siphash.js';
import { Writer } from '../../primitives/codec.js';
import { formatAddress } from '../address/address-text.js';
import type { PeerAddress } from '../address/peer-address.js';
import { PERMISSION_ADDR } from '../permissions.js';
import { poissonDelay, randomBelow, shuffle } from '../random.js';
import { RollingFilter } from '../rolling-filter.js';
import { mayHaveUsefulAddresses } from '../services.js';
import { MAX_ADDR_TO_SEND } from '../wire/limits.js';
import type { MessageOf } from '../wire/messages.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Mean milliseconds between announcements of our own address, and between addr messages. */
const LOCAL_INTERVAL_MS = 24 * 60 * 60_000;
const SEND_INTERVAL_MS = 30_000;
/** Milliseconds after which a peer that was connected to for its addresses has to have sent some. */
const FETCH_TIMEOUT_MS = 10 * SEND_INTERVAL_MS;
/** Seconds for which an address is passed on to the same peers. */
const ROTATION = 24 * 60 * 60;
/** Addresses a second that are taken from a peer on average, and how many may add up. */
const ADDRESSES_PER_SECOND = 0.1;
const MAX_TOKENS = 1000;
/** Addresses that a getaddr is answered with, of all that we know. */
const MAX_PERCENT_TO_SEND = 23;
/** Hours that the answer to getaddr stays the same, so that nobody learns what we know by asking often. */
const CACHE_HOURS = 21;
const CACHE_RANDOM_HOURS = 6;
const HOUR_MS = 60 * 60_000;
/** Addresses remembered for each peer. */
const KNOWN_ADDRESSES = 5000;
const KNOWN_FALSE_POSITIVES = 0.001;
/** Seconds: addresses as fresh as this, told in small messages, are news that are passed on. */
const NEWS_AGE = 10 * 60;
const MAX_NEWS = 10;
const DAY = 24 * 60 * 60;
/** Times before 1973 are nonsense. */
const EARLIEST_TIME = 100_000_000;
/** Seconds by which addresses that others tell are taken to be older than they say. */
const TIME_PENALTY = 2 * 60 * 60;

interface CachedAnswer {
  readonly addresses: readonly PeerAddress[];
  readonly expires: number;
}

/** Passes addresses of nodes around: takes some, keeps useful ones, tells others, answers getaddr. */
export class AddrRelay {
  private readonly salt: SipHash;
  private readonly answers = new Map<string, CachedAnswer>();

  constructor(
    private readonly context: PeerContext,
    private readonly hasDesirableServices: (services: bigint) => boolean,
  ) {
    this.salt = new SipHash(context.random.u64(), context.random.u64());
  }

  /** The peer takes part; false for those that only relay blocks. */
  setUp({ connection, addr }: Peer): boolean {
    if (connection.isBlockOnly) return false;
    if (addr.enabled) return true;
    addr.enabled = true;
    addr.known = new RollingFilter(KNOWN_ADDRESSES, KNOWN_FALSE_POSITIVES, this.context.random);
    return true;
  }

  /** Asks an outbound peer for addresses, after its version. */
  requestFrom(peer: Peer): void {
    if (peer.connection.isInbound || !this.setUp(peer)) return;
    peer.send({ type: 'getaddr' });
    peer.addr.getAddrSent = true;
    // The answer may be large.
    peer.addr.tokens += MAX_ADDR_TO_SEND;
  }

  onAddresses(peer: Peer, { type, addresses }: MessageOf<'addr'> | MessageOf<'addrv2'>): void {
    const { addr, connection } = peer;
    const { clock, random, options } = this.context;
    if (!this.setUp(peer)) {
      this.debug(`ignoring ${type} message from ${connection.type} peer=${peer.id}`);
      return;
    }
    this.refillTokens(peer);
    const now = clock.now();
    const isLimited = !connection.may(PERMISSION_ADDR);
    const kept: PeerAddress[] = [];
    let processed = 0;
    let limited = 0;
    for (const told of shuffle(random, [...addresses])) {
      if (addr.tokens < 1) {
        if (isLimited) {
          limited++;
          continue;
        }
      } else addr.tokens--;
      const { endpoint, services } = told;
      if (!mayHaveUsefulAddresses(services) && !this.hasDesirableServices(services)) continue;
      const isPlausible = told.time > EARLIEST_TIME && told.time <= now + NEWS_AGE;
      const address = isPlausible ? told : { ...told, time: now - 5 * DAY };
      addr.known?.insert(endpoint.keyBytes);
      if (this.isUnwanted(address)) continue;
      processed++;
      const isReachable = options.isReachable(endpoint.address);
      const isNews = address.time > now - NEWS_AGE && addresses.length <= MAX_NEWS && !addr.getAddrSent;
      if (isNews && endpoint.address.isRoutable) this.relay(peer, address, isReachable);
      if (isReachable) kept.push(address);
    }
    addr.processed += processed;
    addr.rateLimited += limited;
    const counts = `${addresses.length} addresses (${processed} processed, ${limited} rate-limited)`;
    this.debug(`Received addr: ${counts} from peer=${peer.id}`);
    this.context.addresses.add(kept, connection.endpoint.address, TIME_PENALTY);
    if (addresses.length < MAX_ADDR_TO_SEND) addr.getAddrSent = false;
    if (connection.type === 'addr-fetch' && addresses.length > 1) {
      this.debug(`addrfetch connection completed peer=${peer.id}; disconnecting`);
      connection.disconnect();
    }
  }

  onGetAddr(peer: Peer): void {
    const { connection, addr } = peer;
    // Outbound peers could tell by our answer that two connections lead to the same node.
    if (!connection.isInbound) {
      this.debug(`Ignoring "getaddr" from ${connection.type} connection. peer=${peer.id}`);
      return;
    }
    this.setUp(peer);
    if (addr.getAddrReceived) {
      this.debug(`Ignoring repeated "getaddr". peer=${peer.id}`);
      return;
    }
    addr.getAddrReceived = true;
    addr.toSend.length = 0;
    const answer = connection.may(PERMISSION_ADDR) ? this.sample() : this.cachedAnswer(peer);
    for (const address of answer) this.push(peer, address);
  }

  /** Sends what has gathered for the peer, now and then with our own address. */
  send(peer: Peer): void {
    const { addr } = peer;
    const { clock, random } = this.context;
    if (!addr.enabled || addr.known === undefined) return;
    const now = clock.nowMs();
    this.addLocal(peer, now);
    if (now <= addr.nextSend) return;
    addr.nextSend = now + poissonDelay(random, SEND_INTERVAL_MS);
    const { known } = addr;
    const addresses = addr.toSend.splice(0).filter(({ endpoint }) => {
      const key = endpoint.keyBytes;
      if (known.has(key)) return false;
      known.insert(key);
      return true;
    });
    if (addresses.length === 0) return;
    peer.send({ type: peer.wantsAddrV2 ? 'addrv2' : 'addr', addresses });
  }

  /** Ends a connection for addresses that brought none; true when it goes. */
  dropSlowFetch(peer: Peer): boolean {
    const { connection } = peer;
    if (connection.type !== 'addr-fetch') return false;
    if (this.context.clock.nowMs() - connection.connected * 1000 <= FETCH_TIMEOUT_MS) return false;
    this.debug(`addrfetch connection timeout; disconnecting peer=${peer.id}`);
    connection.disconnect();
    return true;
  }

  private addLocal(peer: Peer, now: number): void {
    const { addr } = peer;
    const { options, chain, locals, random, clock } = this.context;
    if (!options.listen || chain.isInitialBlockDownload || addr.nextLocalSend >= now) return;
    // From the second time on, the peer is to hear it again.
    if (addr.nextLocalSend !== 0) addr.known?.reset();
    const endpoint = locals.forPeer(peer.connection, peer.addrLocal);
    if (endpoint !== undefined) {
      this.push(peer, { endpoint, services: peer.ourServices, time: clock.now() });
    }
    addr.nextLocalSend = now + poissonDelay(random, LOCAL_INTERVAL_MS);
  }

  private push(peer: Peer, address: PeerAddress): void {
    const { addr, wantsAddrV2 } = peer;
    const { endpoint } = address;
    if (!endpoint.isValid || !(wantsAddrV2 || endpoint.address.isV1Compatible)) return;
    if (addr.known === undefined || addr.known.has(endpoint.keyBytes)) return;
    if (addr.toSend.length < MAX_ADDR_TO_SEND) addr.toSend.push(address);
    else addr.toSend[randomBelow(this.context.random, addr.toSend.length)] = address;
  }

  /**
   * Tells one or two peers, the same ones for a day however often the address is told to us. Networks that we do not
   * reach ourselves are told of too, a little less: others may reach them.
   */
  private relay(from: Peer, address: PeerAddress, isReachable: boolean): void {
    const { peers, clock } = this.context;
    const { keyBytes, address: host } = address.endpoint;
    // Each address changes its peers at a time of its own.
    const offset = Number(this.salt.hash(keyBytes) % BigInt(ROTATION));
    const period = Math.floor((clock.now() + offset) / ROTATION);
    const seed = new Writer(32).bytes(keyBytes).u64(BigInt(period));
    const rank = (id: number) =>
      this.salt.hash(Buffer.concat([seed.finish(), new Writer(8).u64(BigInt(id)).finish()]));
    const count = isReachable || (this.salt.hash(seed.finish()) & 1n) === 1n ? 2 : 1;
    const candidates = [...peers.values()].filter(
      ({ addr, id, wantsAddrV2 }) => addr.enabled && id !== from.id && (wantsAddrV2 || host.isV1Compatible),
    );
    const ranked = candidates.map(peer => ({ peer, rank: rank(peer.id) }));
    ranked.sort((a, b) => (a.rank < b.rank ? 1 : -1));
    for (const { peer } of ranked.slice(0, count)) this.push(peer, address);
  }

  private refillTokens({ addr }: Peer): void {
    const now = this.context.clock.nowMs();
    if (addr.tokens < MAX_TOKENS) {
      const seconds = Math.max(0, now - addr.tokensTime) / 1000;
      addr.tokens = Math.min(addr.tokens + seconds * ADDRESSES_PER_SECOND, MAX_TOKENS);
    }
    addr.tokensTime = now;
  }

  private isUnwanted({ endpoint: { address } }: PeerAddress): boolean {
    const { bans } = this.context;
    return bans.isDiscouraged(address) || bans.isBanned(address);
  }

  private sample(): PeerAddress[] {
    const all = this.context.addresses.sample(MAX_ADDR_TO_SEND, MAX_PERCENT_TO_SEND);
    return all.filter(address => !this.isUnwanted(address));
  }

  /** One answer for each of our sockets and networks. */
  private cachedAnswer({ connection: { bind, network, isInbound } }: Peer): readonly PeerAddress[] {
    const key = `${network} ${formatAddress(bind.address)} ${isInbound ? bind.port : 0}`;
    const now = this.context.clock.nowMs();
    const cached = this.answers.get(key);
    if (cached !== undefined && cached.expires >= now) return cached.addresses;
    const addresses = this.sample();
    const life = (CACHE_HOURS + this.context.random.unit() * CACHE_RANDOM_HOURS) * HOUR_MS;
    this.answers.set(key, { addresses, expires: now + life });
    return addresses;
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
