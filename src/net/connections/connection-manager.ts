import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { ChainParams } from '../../consensus/params.js';
import type { Clock, Timer } from '../../runtime/clock.js';
import { defined } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { parseAddress } from '../address/address-text.js';
import { Endpoint, NO_ENDPOINT, parseEndpoint, socketEndpoint, splitHostPort } from '../address/endpoint.js';
import type { NetAddress } from '../address/net-address.js';
import type { PeerAddress } from '../address/peer-address.js';
import type { Subnet } from '../address/subnet.js';
import type { AddressManager } from '../address-manager/address-manager.js';
import type { ConnectionCounts, NetEvents, NodeId } from '../api.js';
import type { BanList } from '../bans.js';
import type { ConnectionType } from '../connection-type.js';
import { selectPeerToEvict } from '../eviction.js';
import { hashNetGroup } from '../keyed-hash.js';
import {
  hasPermission,
  PERMISSION_NO_BAN,
  PERMISSION_NONE,
  type PermissionFlags,
  permissionsFor,
  type WhitelistEntry,
} from '../permissions.js';
import { type Random, shuffle } from '../random.js';
import { V1Transport } from '../transport/v1.js';
import type { Bandwidth } from './bandwidth.js';
import { Connection, type ConnectionHandlers } from './connection.js';
import { INACTIVITY_TIMEOUT, type SlotLimits, slotLimits } from './limits.js';
import type { Listener } from './listeners.js';
import type { LocalAddresses } from './local-addresses.js';
import { MessageLoop } from './message-loop.js';
import type { MessageProcessor } from './processor.js';
import type { Resolver } from './resolver.js';
import { ConnectFailed, type PeerSocket, type SocketLayer } from './sockets.js';

/** Machine milliseconds between looks at silent connections. */
const INACTIVITY_CHECK_MS = 100;

export interface ConnectionManagerOptions {
  readonly maxConnections: number;
  readonly networkActive: boolean;
  readonly connectTimeoutMs: number;
  readonly peerTimeout: number;
  readonly maxReceiveBuffer: number;
  readonly maxSendBuffer: number;
  readonly whitelist: readonly WhitelistEntry[];
  readonly whitelistRelay: boolean;
  readonly whitelistForceRelay: boolean;
}

export interface ConnectionManagerModules {
  readonly params: ChainParams;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly addresses: AddressManager;
  readonly bans: BanList;
  readonly locals: LocalAddresses;
  readonly bandwidth: Bandwidth;
  readonly resolve: Resolver;
  readonly sockets: SocketLayer;
  readonly capture?: ConnectionHandlers['captured'];
}

export interface OpenOptions {
  readonly type: Exclude<ConnectionType, 'inbound'>;
  /** Either an address that we know, or what the user wrote. */
  readonly address?: PeerAddress;
  readonly destination?: string;
  /** A failure speaks against the address. */
  readonly countFailure?: boolean;
}

/** All connections: takes inbound ones, opens outbound ones, drops the dead, the banned and, when full, the least. */
export class ConnectionManager {
  readonly connections = new Map<NodeId, Connection>();
  readonly events = new EventEmitter<NetEvents>();
  readonly limits: SlotLimits;
  private readonly loop: MessageLoop;
  private readonly opening = new Map<string, ConnectionType>();
  /** Ends the attempts to connect that are under way. */
  private readonly connecting = new AbortController();
  private readonly groupSalt: readonly [bigint, bigint];
  private inactivity: Timer | undefined;
  private nextId: NodeId = 0;
  private active: boolean;
  private stopping = false;

  constructor(
    private readonly options: ConnectionManagerOptions,
    private readonly modules: ConnectionManagerModules,
    private readonly processor: MessageProcessor,
  ) {
    this.active = options.networkActive;
    this.limits = slotLimits(options.maxConnections);
    this.groupSalt = [modules.random.u64(), modules.random.u64()];
    this.loop = new MessageLoop(this.connections, processor, modules);
  }

  start(): void {
    this.setNetworkActive(this.active);
    this.loop.start();
    this.inactivity = this.modules.clock.every(INACTIVITY_CHECK_MS, () => this.dropInactive());
  }

  /** Closes all connections and waits for messages in work. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.inactivity?.cancel();
    this.connecting.abort();
    const stopped = this.loop.stop();
    for (const connection of [...this.connections.values()]) connection.disconnect();
    await stopped;
  }

  get networkActive(): boolean {
    return this.active;
  }

  setNetworkActive(active: boolean): void {
    this.modules.logger.info(`SetNetworkActive: ${active}`);
    if (this.active === active) return;
    this.active = active;
    if (!active) {
      for (const connection of [...this.connections.values()]) {
        this.debug(`Network not active, dropping peer=${connection.id}`);
        connection.disconnect();
      }
    }
    this.events.emit('networkActive', active);
  }

  /** Something is to be sent to all peers: does not wait for the next tick. */
  wakeAll(): void {
    this.loop.wakeAll();
  }

  counts(): ConnectionCounts {
    const total = this.connections.size;
    const inbound = this.count('inbound');
    return { total, inbound, outbound: total - inbound };
  }

  count(type: ConnectionType): number {
    let sum = 0;
    for (const connection of this.connections.values()) if (connection.type === type) sum++;
    return sum;
  }

  /** Slots of automatic outbound connections that are free. */
  get freeOutboundSlots(): number {
    const isAutomatic = (type: ConnectionType) => type !== 'inbound' && type !== 'manual';
    let used = 0;
    for (const { type } of this.connections.values()) if (isAutomatic(type)) used++;
    for (const type of this.opening.values()) if (isAutomatic(type)) used++;
    return this.limits.automatic - used;
  }

  /** Manual and full-relay connections to a network. */
  countOutbound(network: string): number {
    let sum = 0;
    for (const { type, endpoint } of this.connections.values()) {
      const counts = type === 'manual' || type === 'outbound-full-relay';
      if (counts && endpoint.address.network === network) sum++;
    }
    return sum;
  }

  findByName(name: string): Connection | undefined {
    return this.find(connection => connection.name === name);
  }

  findByEndpoint(endpoint: Endpoint): Connection | undefined {
    return this.find(connection => connection.endpoint.equals(endpoint));
  }

  isConnectedTo(endpoint: Endpoint): boolean {
    return (
      this.find(({ endpoint: { address } }) => address.equals(endpoint.address)) !== undefined ||
      this.findByName(endpoint.toString()) !== undefined
    );
  }

  /** False when the nonce is one that we sent ourselves: the peer is us. */
  checkIncomingNonce(nonce: bigint): boolean {
    return !this.find(
      connection => !connection.handshakeDone && !connection.isInbound && connection.localNonce === nonce,
    );
  }

  disconnectByName(name: string): boolean {
    const connection = this.findByName(name);
    if (connection === undefined) return false;
    this.debug(`disconnect by address matched peer=${connection.id}; disconnecting`);
    connection.disconnect();
    return true;
  }

  disconnectById(id: NodeId): boolean {
    const connection = this.connections.get(id);
    if (connection === undefined) return false;
    this.debug(`disconnect by id peer=${id}; disconnecting`);
    connection.disconnect();
    return true;
  }

  disconnectSubnet(subnet: Subnet): void {
    for (const connection of [...this.connections.values()]) {
      if (!subnet.contains(connection.endpoint.address)) continue;
      this.debug(`disconnect by subnet matched peer=${connection.id}; disconnecting`);
      connection.disconnect();
    }
  }

  /** Seconds of grace after connecting are over. */
  shouldCheckInactivity(connection: Connection): boolean {
    return connection.connected + this.options.peerTimeout < this.modules.clock.now();
  }

  /** Takes or refuses a connection that someone opened to us. */
  accept(socket: PeerSocket, listener: Listener): void {
    const endpoint = socketEndpoint(socket.remoteAddress, socket.remotePort);
    const refuse = (why: string) => {
      this.debug(why);
      socket.on('error', () => {});
      socket.destroy();
    };
    if (this.stopping || !this.active) {
      refuse(`connection from ${endpoint} dropped: not accepting new connections`);
      return;
    }
    const { bans } = this.modules;
    const permissions = this.permissionsOf(endpoint.address, listener.bind.permissions, 'inbound');
    const isProtected = hasPermission(permissions, PERMISSION_NO_BAN);
    const isDiscouraged = bans.isDiscouraged(endpoint.address);
    const inbound = this.count('inbound');
    if (!isProtected && bans.isBanned(endpoint.address)) {
      refuse(`connection from ${endpoint} dropped (banned)`);
    } else if (!isProtected && inbound + 1 >= this.limits.inbound && isDiscouraged) {
      refuse(`connection from ${endpoint} dropped (discouraged)`);
    } else if (inbound >= this.limits.inbound && !this.evict()) {
      refuse('failed to find an eviction candidate - connection dropped (full)');
    } else {
      this.register(socket, {
        type: 'inbound',
        endpoint,
        destination: undefined,
        permissions,
        inboundOnion: listener.bind.isOnion,
        preferEvict: isDiscouraged,
      });
      this.debug(`connection from ${endpoint} accepted`);
    }
  }

  /** Connects to a peer. Undefined when that failed, is not allowed, or it is connected already. */
  async open(options: OpenOptions): Promise<Connection | undefined> {
    const { destination, address } = options;
    const name = destination ?? address?.endpoint.toString() ?? '';
    if (!this.mayOpen(options) || this.opening.has(name)) return undefined;
    this.opening.set(name, options.type);
    try {
      const seen = address === undefined ? 0 : (this.modules.clock.now() - address.time) / 3600;
      this.debug(`trying v1 connection ${name} lastseen=${seen.toFixed(1)}hrs`);
      const endpoints = address === undefined ? await this.resolve(name) : [address.endpoint];
      for (const endpoint of endpoints) {
        const connection = await this.connect(endpoint, options);
        if (connection !== undefined) return connection;
      }
      return undefined;
    } finally {
      this.opening.delete(name);
    }
  }

  private mayOpen({ address, destination }: OpenOptions): boolean {
    if (this.stopping || !this.active) return false;
    if (destination !== undefined) return this.findByName(destination) === undefined;
    const { endpoint } = defined(address, 'address to connect to');
    const { bans, locals } = this.modules;
    const isUnwanted = bans.isDiscouraged(endpoint.address) || bans.isBanned(endpoint.address);
    return !isUnwanted && !locals.isLocal(endpoint) && !this.isConnectedTo(endpoint);
  }

  /** Endpoints of what the user wrote, in random order; none when we are connected to one of them. */
  private async resolve(destination: string): Promise<Endpoint[]> {
    const { params, resolve, random, logger } = this.modules;
    const numeric = parseEndpoint(destination, params.defaultPort);
    const { host, port } = splitHostPort(destination, params.defaultPort);
    const addresses = numeric === undefined ? await resolve(host) : [numeric.address];
    const endpoints = shuffle(
      random,
      addresses.map(address => new Endpoint(address, port)),
    );
    const known = endpoints.find(endpoint => this.findByEndpoint(endpoint) !== undefined);
    if (known === undefined) return endpoints;
    logger.info(`Not opening a connection to ${destination}, already connected to ${known}`);
    return [];
  }

  private async connect(endpoint: Endpoint, options: OpenOptions): Promise<Connection | undefined> {
    const isManual = options.type === 'manual';
    const socket = await this.connectSocket(endpoint, isManual);
    this.modules.addresses.attempt(endpoint, options.countFailure ?? false);
    if (socket === undefined) return undefined;
    if (this.stopping || !this.active) {
      socket.destroy();
      return undefined;
    }
    const permissions = isManual
      ? this.permissionsOf(endpoint.address, PERMISSION_NONE, 'outbound')
      : PERMISSION_NONE;
    return this.register(socket, {
      type: options.type,
      endpoint,
      destination: options.destination,
      permissions,
      inboundOnion: false,
      preferEvict: false,
    });
  }

  private async connectSocket(endpoint: Endpoint, isManual: boolean): Promise<PeerSocket | undefined> {
    const { address } = endpoint;
    // Onion and I2P need a proxy.
    if (!address.isIp && address.kind !== 'cjdns') return undefined;
    try {
      return await this.modules.sockets.connect(
        endpoint,
        this.options.connectTimeoutMs,
        this.connecting.signal,
      );
    } catch (thrown) {
      if (!(thrown instanceof ConnectFailed)) throw thrown;
      if (this.stopping) return undefined;
      if (isManual) this.modules.logger.info(thrown.message);
      else this.debug(thrown.message);
      return undefined;
    }
  }

  private permissionsOf(
    address: NetAddress,
    own: PermissionFlags,
    direction: 'inbound' | 'outbound',
  ): PermissionFlags {
    const { whitelist, whitelistRelay: relay, whitelistForceRelay: forceRelay } = this.options;
    const entries = whitelist.filter(entry => entry[direction]);
    return permissionsFor(address, own, entries, { relay, forceRelay });
  }

  private register(
    socket: PeerSocket,
    settings: {
      readonly type: ConnectionType;
      readonly endpoint: Endpoint;
      readonly destination: string | undefined;
      readonly permissions: PermissionFlags;
      readonly inboundOnion: boolean;
      readonly preferEvict: boolean;
    },
  ): Connection {
    const { params, logger } = this.modules;
    const { maxReceiveBuffer, maxSendBuffer } = this.options;
    const id = this.nextId++;
    const local = socket.localAddress === undefined ? undefined : parseAddress(socket.localAddress);
    const connection = new Connection(
      {
        ...settings,
        id,
        maxReceiveBuffer,
        maxSendBuffer,
        bind: local === undefined ? NO_ENDPOINT : new Endpoint(local, socket.localPort ?? 0),
        // Never from a seed: two nodes with the same one would take each other for themselves.
        localNonce: randomBytes(8).readBigUInt64LE(),
        keyedNetGroup: hashNetGroup(this.groupSalt, settings.endpoint.address),
      },
      socket,
      new V1Transport(params.magic, id, logger, socket.lendsBytes),
      this.modules,
      this.handlers(),
    );
    this.connections.set(id, connection);
    this.processor.connected(connection);
    this.loop.wake(connection);
    this.events.emit('changed');
    return connection;
  }

  private handlers(): ConnectionHandlers {
    const { capture, bandwidth } = this.modules;
    return {
      received: connection => this.loop.wake(connection),
      writable: connection => this.loop.wake(connection),
      closed: connection => this.forget(connection),
      transferred: (received, sent) => bandwidth.add(received, sent),
      ...(capture === undefined ? {} : { captured: capture }),
    };
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection.id);
    this.loop.close(connection);
    this.events.emit('disconnected', connection.id);
    this.events.emit('changed');
  }

  /** Makes room for an inbound connection; false when all are worth keeping. */
  private evict(): boolean {
    const candidates = [...this.connections.values()]
      .filter(connection => connection.isInbound && !connection.may(PERMISSION_NO_BAN))
      .map(connection => ({
        id: connection.id,
        connected: connection.connected,
        minPingMs: connection.minPingMs ?? Number.POSITIVE_INFINITY,
        lastBlock: connection.lastBlock,
        lastTransaction: connection.lastTransaction,
        relevantServices: connection.hasWantedServices,
        relaysTxs: connection.relaysTxs,
        bloomFilter: connection.bloomFilterLoaded,
        netGroup: connection.keyedNetGroup,
        preferEvict: connection.preferEvict,
        isLocal: connection.endpoint.address.isLocal,
        network: connection.network,
      }));
    const id = selectPeerToEvict(candidates);
    const connection = id === undefined ? undefined : this.connections.get(id);
    if (connection === undefined) return false;
    this.debug(`selected ${connection.type} connection for eviction peer=${id}; disconnecting`);
    connection.disconnect();
    return true;
  }

  private dropInactive(): void {
    for (const connection of [...this.connections.values()]) {
      const why = this.shouldCheckInactivity(connection) ? this.inactivityOf(connection) : undefined;
      if (why === undefined) continue;
      this.debug(why);
      connection.disconnect();
    }
  }

  private inactivityOf({ id, lastSend, lastRecv, handshakeDone }: Connection): string | undefined {
    const now = this.modules.clock.now();
    if (lastRecv === 0 || lastSend === 0) {
      const heard = `${Number(lastRecv !== 0)} ${Number(lastSend !== 0)}`;
      return `socket no message in first ${this.options.peerTimeout} seconds, ${heard} peer=${id}`;
    }
    if (now > lastSend + INACTIVITY_TIMEOUT) return `socket sending timeout: ${now - lastSend}s peer=${id}`;
    if (now > lastRecv + INACTIVITY_TIMEOUT) return `socket receive timeout: ${now - lastRecv}s peer=${id}`;
    return handshakeDone ? undefined : `version handshake timeout peer=${id}`;
  }

  private find(fits: (connection: Connection) => boolean): Connection | undefined {
    for (const connection of this.connections.values()) if (fits(connection)) return connection;
    return undefined;
  }

  private debug(message: string): void {
    this.modules.logger.debug('net', message);
  }
}
