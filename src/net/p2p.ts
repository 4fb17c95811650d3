import { EventEmitter } from 'node:events';
import type { Chain } from '../chain/chain.js';
import type { HeaderId } from '../consensus/chain-view.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Clock, Timer } from '../runtime/clock.js';
import { StartError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { parseAddress } from './address/address-text.js';
import { Endpoint, parseEndpoint } from './address/endpoint.js';
import type { NetAddress } from './address/net-address.js';
import { Subnet } from './address/subnet.js';
import { AddressManager, knownAddress } from './address-manager/address-manager.js';
import { loadPeers, saveAnchors, savePeers, takeAnchors } from './address-manager/peers-file.js';
import type {
  AddedNode,
  AddressCounts,
  BanEntry,
  ConnectionCounts,
  KnownAddress,
  LocalAddress,
  NetEvents,
  NetTotals,
  NetworkReach,
  NodeId,
  P2P,
  PeerInfo,
  RawAddressEntry,
} from './api.js';
import { BanList } from './bans.js';
import { AddedNodes } from './connections/added-nodes.js';
import { AutomaticConnections } from './connections/automatic.js';
import { Bandwidth } from './connections/bandwidth.js';
import { ConnectionManager } from './connections/connection-manager.js';
import { DnsSeeds } from './connections/dns-seeds.js';
import { Listeners, parseBinds } from './connections/listeners.js';
import { LOCAL_BIND, LOCAL_MANUAL, LocalAddresses } from './connections/local-addresses.js';
import { makeMessageCapture } from './connections/message-capture.js';
import { localResolver, type Resolver, systemResolver } from './connections/resolver.js';
import type { SocketLayer } from './connections/sockets.js';
import { tcpSockets } from './connections/tcp-sockets.js';
import { NETWORK_KINDS, type NetworkKind } from './network-name.js';
import type { NetOptions } from './options.js';
import { peerInfo } from './peer/peer-info.js';
import { PeerManager } from './peer/peer-manager.js';
import { hasPermission, PERMISSION_NO_BAN, parseWhitelist } from './permissions.js';
import { CLIENT_NAME, CLIENT_VERSION, PROTOCOL_VERSION } from './protocol.js';
import { makeRandom, type Random } from './random.js';
import { isSafeComment } from './sanitize.js';
import { NODE_NETWORK, NODE_NETWORK_LIMITED, NODE_WITNESS, serviceNames } from './services.js';
import { MAX_SUBVERSION_LENGTH } from './wire/limits.js';

/** Milliseconds between writes of peers.dat and banlist.json. */
const SAVE_INTERVAL_MS = 15 * 60_000;
/** Block-relay peers that are remembered over a restart. */
const MAX_ANCHORS = 2;

export interface P2PModules {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The start goes on to the next part of its work; by the name that Core shows. May throw to end it. */
  readonly onPhase?: (name: string) => void;
  /** Looks up host names; the system's by default. */
  readonly resolve?: Resolver;
  /** How peers are reached; TCP by default. */
  readonly sockets?: SocketLayer;
}

/** Builds the user agent (BIP14). @throws StartError for comments that may not be in one */
export function makeSubversion(comments: readonly string[]): string {
  for (const comment of comments) {
    if (!isSafeComment(comment)) {
      throw new StartError(`User Agent comment (${comment}) contains unsafe characters.`);
    }
  }
  const list = comments.length === 0 ? '' : `(${comments.join('; ')})`;
  const subversion = `/${CLIENT_NAME}:${CLIENT_VERSION}${list}/`;
  if (subversion.length > MAX_SUBVERSION_LENGTH) {
    throw new StartError(
      `Total length of network version string (${subversion.length}) exceeds maximum length (${MAX_SUBVERSION_LENGTH}). Reduce the number or size of uacomments.`,
    );
  }
  return subversion;
}

/** Everything that lives between start and stop. */
interface Running {
  readonly addresses: AddressManager;
  readonly manager: ConnectionManager;
  readonly peers: PeerManager;
  readonly listeners: Listeners;
  readonly addedNodes: AddedNodes;
  readonly automatic: AutomaticConnections;
  readonly dnsSeeds: DnsSeeds | undefined;
  readonly saver: Timer;
}

/** The peer-to-peer side of the node: puts its parts together and shows them to RPC. */
export class PeerToPeer implements P2P {
  readonly events = new EventEmitter<NetEvents>();
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly subversion: string;
  private readonly bans: BanList;
  private readonly locals: LocalAddresses;
  private readonly bandwidth: Bandwidth;
  private readonly random: Random;
  private running: Running | undefined;

  /** @throws StartError when -uacomment is wrong */
  constructor(
    private readonly options: NetOptions,
    private readonly modules: P2PModules,
  ) {
    const { clock, logger } = modules;
    this.random = makeRandom(options.deterministicSeed);
    this.subversion = makeSubversion(options.uaComments);
    this.bans = new BanList(options, { clock, logger, random: this.random });
    this.bandwidth = new Bandwidth(options.maxUploadTarget, clock);
    this.locals = new LocalAddresses(
      {
        discover: options.discover,
        listen: options.listen,
        isReachable: address => this.isReachable(address),
        listenPort: () => this.listening[0]?.port ?? options.port,
      },
      { logger, random: this.random },
    );
  }

  async start(): Promise<void> {
    const { options } = this;
    const { logger, onPhase = () => {} } = this.modules;
    const binds = options.listen ? parseBinds(options) : [];
    const whitelist = options.whitelist.map(parseWhitelist);
    onPhase('Loading P2P addresses…');
    const addresses = this.loadAddresses();
    onPhase('Loading banlist…');
    this.bans.load();
    onPhase('Starting network threads…');
    const parts = this.assemble(addresses, whitelist);
    const { manager, listeners, addedNodes, automatic, dnsSeeds, peers } = parts;
    await listeners.start(binds);
    logger.info('net thread start');
    this.addLocalAddresses(listeners);
    this.logServices();
    this.modules.chain.events.on('snapshotValidated', this.onSnapshotValidated);
    this.running = { ...parts, saver: this.modules.clock.every(SAVE_INTERVAL_MS, () => this.save()) };
    peers.start();
    manager.start();
    if (dnsSeeds === undefined) logger.info('DNS seeding disabled');
    else dnsSeeds.start();
    addedNodes.start();
    automatic.start();
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    const { manager, listeners, addedNodes, automatic, dnsSeeds, peers, saver } = running;
    this.modules.chain.events.off('snapshotValidated', this.onSnapshotValidated);
    saver.cancel();
    this.save();
    this.saveAnchors(running);
    const closed = listeners.stop();
    await manager.stop();
    await Promise.all([closed, addedNodes.stop(), automatic.stop(), dnsSeeds?.stop()]);
    peers.stop();
    this.bans.save();
    this.running = undefined;
  }

  /** Old blocks are offered by who has them all: not pruned, and not while those below a snapshot are on their way. */
  get localServices(): bigint {
    const hasAll = !this.options.pruned && !this.modules.chain.isValidatingSnapshot;
    return NODE_NETWORK_LIMITED | NODE_WITNESS | (hasAll ? NODE_NETWORK : 0n);
  }

  get localServiceNames(): readonly string[] {
    return serviceNames(this.localServices);
  }

  get relaysTransactions(): boolean {
    return !this.options.blocksOnly;
  }

  get networkActive(): boolean {
    return this.running?.manager.networkActive ?? this.options.networkActive;
  }

  get timeOffset(): number {
    return this.running?.peers.timeOffsets.median ?? 0;
  }

  get listening(): readonly { readonly host: string; readonly port: number }[] {
    return (this.running?.listeners.open ?? []).map(({ endpoint }) => {
      const text = endpoint.toString();
      return { host: text.slice(0, text.lastIndexOf(':')), port: endpoint.port };
    });
  }

  get localAddresses(): readonly LocalAddress[] {
    return this.locals.list();
  }

  get networks(): readonly NetworkReach[] {
    return NETWORK_KINDS.map(name => {
      const reachable = this.isNetworkReachable(name);
      return { name, reachable, limited: !reachable };
    });
  }

  peers(): PeerInfo[] {
    const { running } = this;
    if (running === undefined) return [];
    const { peers, manager } = running;
    const known = [...manager.connections.keys()].map(id => peers.peers.get(id));
    return known.filter(peer => peer !== undefined).map(peer => peerInfo(peer, peers, this.modules.chain));
  }

  userAgent(peer: NodeId): string | undefined {
    return this.running?.peers.peers.get(peer)?.subVersion;
  }

  senderOf(block: Hash256): NodeId | undefined {
    return this.running?.peers.senderOf(block);
  }

  connectionCounts(): ConnectionCounts {
    return this.running?.manager.counts() ?? { total: 0, inbound: 0, outbound: 0 };
  }

  totals(): NetTotals {
    return this.bandwidth.totals();
  }

  ping(): void {
    this.running?.peers.ping();
  }

  addNode(node: string): boolean {
    return this.running?.addedNodes.add(node) ?? false;
  }

  removeNode(node: string): boolean {
    return this.running?.addedNodes.remove(node) ?? false;
  }

  async tryNode(node: string): Promise<void> {
    await this.running?.manager.open({ type: 'manual', destination: node });
  }

  addedNodes(): AddedNode[] {
    return this.running?.addedNodes.list() ?? [];
  }

  async addConnection(
    address: string,
    type: 'outbound-full-relay' | 'block-relay-only' | 'addr-fetch' | 'feeler',
  ): Promise<boolean> {
    const manager = this.running?.manager;
    if (manager === undefined) return false;
    const { fullRelay, blockRelay } = manager.limits;
    const limit =
      type === 'outbound-full-relay' ? fullRelay : type === 'block-relay-only' ? blockRelay : undefined;
    if (limit !== undefined && manager.count(type) >= limit) return false;
    if (manager.freeOutboundSlots <= 0) return false;
    await manager.open({ type, destination: address });
    return true;
  }

  disconnect(which: { readonly address: string } | { readonly nodeId: NodeId }): boolean {
    const manager = this.running?.manager;
    if (manager === undefined) return false;
    return 'address' in which
      ? manager.disconnectByName(which.address)
      : manager.disconnectById(which.nodeId);
  }

  setNetworkActive(active: boolean): void {
    this.running?.manager.setNetworkActive(active);
  }

  bannedList(): BanEntry[] {
    return this.bans.list();
  }

  ban(text: string, seconds: number, absolute: boolean): 'banned' | 'invalid' | 'already-banned' {
    const subnet = Subnet.parse(text);
    if (subnet === undefined || (!text.includes('/') && !subnet.base.isValid)) return 'invalid';
    const isBanned = text.includes('/') ? this.bans.isSubnetBanned(subnet) : this.bans.isBanned(subnet.base);
    if (isBanned) return 'already-banned';
    this.bans.ban(subnet, seconds, absolute);
    this.running?.manager.disconnectSubnet(subnet);
    this.events.emit('changed');
    return 'banned';
  }

  unban(text: string): 'unbanned' | 'invalid' | 'not-banned' {
    const subnet = Subnet.parse(text);
    if (subnet === undefined) return 'invalid';
    return this.bans.unban(subnet) ? 'unbanned' : 'not-banned';
  }

  clearBanned(): void {
    this.bans.clear();
  }

  nodeAddresses(count: number, network?: NetworkKind): KnownAddress[] {
    const sample = this.running?.addresses.sample(count, 0, network) ?? [];
    const { bans } = this;
    return sample
      .filter(({ endpoint: { address } }) => !bans.isDiscouraged(address) && !bans.isBanned(address))
      .map(knownAddress);
  }

  addressCounts(network?: NetworkKind): AddressCounts {
    return this.running?.addresses.counts(network) ?? { new: 0, tried: 0, total: 0 };
  }

  rawAddresses(): { readonly new: RawAddressEntry[]; readonly tried: RawAddressEntry[] } {
    const addresses = this.running?.addresses;
    return { new: addresses?.raw(false) ?? [], tried: addresses?.raw(true) ?? [] };
  }

  addPeerAddress(
    host: string,
    port: number,
    tried: boolean,
  ): 'added' | 'invalid' | 'failed-adding-to-new' | 'failed-adding-to-tried' {
    const address = parseAddress(host);
    const addresses = this.running?.addresses;
    if (address === undefined || addresses === undefined) return 'invalid';
    const endpoint = new Endpoint(address, port);
    const told = { endpoint, services: NODE_NETWORK | NODE_WITNESS, time: this.modules.clock.now() };
    if (!addresses.add([told], address)) return 'failed-adding-to-new';
    return !tried || addresses.good(endpoint) ? 'added' : 'failed-adding-to-tried';
  }

  broadcastTransaction(tx: Transaction): void {
    this.running?.peers.relayTransaction(tx);
  }

  fetchBlock(peer: NodeId, block: HeaderId): string | undefined {
    return this.running === undefined ? 'Peer does not exist' : this.running.peers.fetchBlock(peer, block);
  }

  sendRaw(peer: NodeId, type: string, payload: Uint8Array): boolean {
    const connection = this.running?.manager.connections.get(peer);
    if (connection === undefined || !connection.handshakeDone) return false;
    connection.send(type, payload);
    return true;
  }

  orphanTransactions(): { readonly tx: Transaction; readonly from: NodeId; readonly expires: number }[] {
    return this.running?.peers.txDownload.orphans.all() ?? [];
  }

  private logServices(): void {
    if (this.options.pruned) return;
    this.modules.logger.info(
      this.modules.chain.isValidatingSnapshot
        ? 'Running node in NODE_NETWORK_LIMITED mode until snapshot background sync completes'
        : 'Setting NODE_NETWORK on non-prune mode',
    );
  }

  private readonly onSnapshotValidated = (): void => {
    if (!this.options.pruned) this.modules.logger.info('[snapshot] re-enabling NODE_NETWORK services');
  };

  private loadAddresses(): AddressManager {
    const { clock, logger } = this.modules;
    const modules = { clock, logger, random: this.random };
    const { dataDir } = this.options;
    if (dataDir === undefined) return new AddressManager(modules);
    return loadPeers(dataDir, this.modules.chain.params.magic, modules);
  }

  private assemble(
    addresses: AddressManager,
    whitelist: ReturnType<typeof parseWhitelist>[],
  ): Omit<Running, 'saver'> {
    const { options, modules, random, bans, locals, bandwidth } = this;
    const { chain, clock, logger } = modules;
    const { params } = chain;
    const sockets = modules.sockets ?? tcpSockets;
    const resolve = modules.resolve ?? (options.dns ? systemResolver : localResolver);
    const isReachable = (address: NetAddress) => this.isReachable(address);
    const shared = { addresses, bans, locals, bandwidth, clock, logger, random };
    const peers: PeerManager = new PeerManager(
      {
        ...shared,
        chain,
        mempool: modules.mempool,
        options: {
          ...options,
          isReachable,
          localServices: () => this.localServices,
          subversion: this.subversion,
        },
        connections: () => manager,
        isLoadingBlocks: () => modules.chain.isLoadingBlocks,
      },
      () => automatic,
    );
    const capture =
      options.captureMessages && options.dataDir !== undefined
        ? { capture: makeMessageCapture(options.dataDir, clock) }
        : {};
    const manager = new ConnectionManager(
      { ...options, whitelist },
      { ...shared, ...capture, params, resolve, sockets },
      peers,
    );
    this.forwardEvents(manager);
    const listeners = new Listeners(sockets, logger, (socket, listener) => manager.accept(socket, listener));
    const addedNodes = new AddedNodes(params.defaultPort, manager, clock, logger);
    for (const node of options.addNode) addedNodes.add(node);
    const hasDesirableServices = (services: bigint) => peers.hasDesirableServices(services);
    const anchors = this.readAnchors();
    const automatic = new AutomaticConnections(
      { ...options, isReachable, anchors },
      { params, clock, logger, random, manager, addresses, addedNodes, locals, hasDesirableServices },
    );
    const seeds = { params, clock, logger, random, addresses, manager, automatic };
    const dnsSeeds = options.dnsSeed
      ? new DnsSeeds(
          { force: options.forceDnsSeed, seedNode: options.seedNode },
          { ...seeds, resolve: params.name === 'regtest' ? undefined : resolve },
        )
      : undefined;
    return { addresses, manager, peers, listeners, addedNodes, automatic, dnsSeeds };
  }

  private forwardEvents(manager: ConnectionManager): void {
    manager.events.on('changed', () => this.events.emit('changed'));
    manager.events.on('connected', id => this.events.emit('connected', id));
    manager.events.on('disconnected', id => this.events.emit('disconnected', id));
    manager.events.on('blockAnnounced', (id, hash) => this.events.emit('blockAnnounced', id, hash));
    manager.events.on('networkActive', active => this.events.emit('networkActive', active));
  }

  private addLocalAddresses(listeners: Listeners): void {
    const { options, locals } = this;
    const [first] = listeners.open;
    const port = first?.endpoint.port ?? options.port;
    for (const text of options.externalIp) {
      const endpoint = parseEndpoint(text, port);
      if (endpoint === undefined) throw new StartError(`Cannot resolve -externalip address: '${text}'`);
      locals.add(endpoint, LOCAL_MANUAL);
    }
    for (const { bind, endpoint } of listeners.open) {
      if (bind.isOnion || hasPermission(bind.permissions, PERMISSION_NO_BAN)) continue;
      if (endpoint.address.isAny) locals.discover(endpoint.port);
      else locals.add(endpoint, LOCAL_BIND);
    }
  }

  private isReachable(address: NetAddress): boolean {
    const { kind } = address;
    return kind !== 'internal' && this.isNetworkReachable(kind);
  }

  /** Onion, I2P and CJDNS need a proxy or a network of their own, which we do not have. */
  private isNetworkReachable(network: NetworkKind): boolean {
    const { onlyNet } = this.options;
    const isOwn = network === 'ipv4' || network === 'ipv6';
    return isOwn && (onlyNet.length === 0 || onlyNet.includes(network));
  }

  private save(): void {
    const { running } = this;
    const { dataDir } = this.options;
    this.bans.save();
    if (running === undefined || dataDir === undefined) return;
    savePeers(dataDir, this.modules.chain.params.magic, running.addresses);
    this.modules.logger.debug('net', `Flushed ${running.addresses.size} addresses to peers.dat  0ms`);
  }

  private readAnchors() {
    const { dataDir, connect } = this.options;
    const { chain, logger } = this.modules;
    if (connect !== undefined) return [];
    const anchors = dataDir === undefined ? [] : takeAnchors(dataDir, chain.params.magic, logger);
    const kept = anchors.slice(0, MAX_ANCHORS);
    logger.info(`${kept.length} block-relay-only anchors will be tried for connections.`);
    return kept;
  }

  private saveAnchors({ manager, automatic, peers }: Running): void {
    const { dataDir } = this.options;
    if (dataDir === undefined || !automatic.isChoosing) return;
    const anchors = [...manager.connections.values()]
      .filter(({ isBlockOnly }) => isBlockOnly)
      .slice(0, MAX_ANCHORS)
      .map(({ endpoint, id, connected }) => ({
        endpoint,
        services: peers.peers.get(id)?.theirServices ?? 0n,
        time: connected,
      }));
    saveAnchors(dataDir, this.modules.chain.params.magic, anchors);
  }
}
