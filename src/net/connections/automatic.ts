import type { ChainParams } from '../../consensus/params.js';
import { asBuffer } from '../../primitives/bytes.js';
import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import type { Endpoint } from '../address/endpoint.js';
import type { NetAddress } from '../address/net-address.js';
import { netGroup } from '../address/net-group.js';
import type { PeerAddress } from '../address/peer-address.js';
import type { AddressManager, SelectedAddress } from '../address-manager/address-manager.js';
import type { ConnectionType } from '../connection-type.js';
import { NETWORK_KINDS, type NetworkKind } from '../network-name.js';
import { poissonDelay, type Random, shuffle } from '../random.js';
import { mayHaveUsefulAddresses } from '../services.js';
import type { AddedNodes } from './added-nodes.js';
import { isBadPort } from './bad-ports.js';
import type { ConnectionManager } from './connection-manager.js';
import { MAX_FULL_RELAY_CONNECTIONS } from './limits.js';
import type { LocalAddresses } from './local-addresses.js';
import { Sleeper } from './sleeper.js';

/** Machine milliseconds between attempts. */
const PAUSE_MS = 500;
/** Mean milliseconds between feelers, between extra block-relay peers, and between peers of a missing network. */
const FEELER_INTERVAL_MS = 2 * 60_000;
const EXTRA_BLOCK_RELAY_INTERVAL_MS = 5 * 60_000;
const EXTRA_NETWORK_INTERVAL_MS = 5 * 60_000;
/** Seconds after which fixed seeds are used for networks that we know nobody of. */
const FIXED_SEEDS_DELAY = 60;
/** Addresses looked at for one connection. */
const MAX_TRIES = 100;
/** An address tried in the last ten minutes is taken only after as many others, one with an unusual port too. */
const TRIES_BEFORE_RECENT = 30;
const TRIES_BEFORE_BAD_PORT = 50;
const RECENT_TRY = 10 * 60;

export interface AutomaticOptions {
  /** -connect; undefined lets us choose. */
  readonly connect: readonly string[] | undefined;
  readonly dnsSeed: boolean;
  readonly fixedSeeds: boolean;
  readonly seedNode: readonly string[];
  readonly isReachable: (address: NetAddress) => boolean;
  readonly anchors: readonly PeerAddress[];
}

export interface AutomaticModules {
  readonly params: ChainParams;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly manager: ConnectionManager;
  readonly addresses: AddressManager;
  readonly addedNodes: AddedNodes;
  readonly locals: LocalAddresses;
  readonly hasDesirableServices: (services: bigint) => boolean;
}

interface Plan {
  readonly type: 'outbound-full-relay' | 'block-relay-only' | 'feeler';
  readonly anchor?: boolean;
  readonly network?: NetworkKind;
}

/** Opens outbound connections without being told to: those of -connect, or to addresses that we know. */
export class AutomaticConnections {
  private readonly sleeper: Sleeper;
  private readonly addrFetches: string[] = [];
  private readonly anchors: PeerAddress[];
  private running: Promise<void> | undefined;
  private fixedSeedsPending: boolean;
  private startTime = 0;
  private nextFeeler = 0;
  private nextExtraBlockRelay = 0;
  private nextExtraNetwork = 0;
  private extraBlockRelayAllowed = false;
  private tryExtraPeer = false;

  constructor(
    private readonly options: AutomaticOptions,
    private readonly modules: AutomaticModules,
  ) {
    this.sleeper = new Sleeper(modules.clock);
    this.anchors = [...options.anchors];
    this.fixedSeedsPending = options.fixedSeeds;
    this.addrFetches.push(...options.seedNode);
  }

  start(): void {
    const { connect, seedNode } = this.options;
    if (connect?.length === 0) return;
    if (connect !== undefined && seedNode.length > 0) {
      this.modules.logger.info('-seednode is ignored when -connect is used');
    }
    this.running = connect === undefined ? this.runChoosing() : this.runSpecified(connect);
  }

  async stop(): Promise<void> {
    this.sleeper.stop();
    await this.running;
  }

  /** We choose our peers ourselves. */
  get isChoosing(): boolean {
    return this.options.connect === undefined;
  }

  /** The tip may be stale: one peer more than usual is to be tried. */
  get triesExtraPeer(): boolean {
    return this.tryExtraPeer;
  }

  setTryExtraPeer(wanted: boolean): void {
    this.tryExtraPeer = wanted;
    this.debug(`setting try another outbound peer=${wanted}`);
  }

  /** The chain is synced: from now on extra block-relay peers are tried now and then. */
  allowExtraBlockRelayPeers(): void {
    this.debug('enabling extra block-relay-only peers');
    this.extraBlockRelayAllowed = true;
  }

  /** Asks this node for addresses. */
  addAddrFetch(destination: string): void {
    this.addrFetches.push(destination);
  }

  private async runSpecified(destinations: readonly string[]): Promise<void> {
    for (let round = 0; ; round++) {
      for (const destination of destinations) {
        await this.modules.manager.open({ type: 'manual', destination });
        for (let i = 0; i < 10 && i < round; i++) {
          if (!(await this.sleeper.sleep(PAUSE_MS))) return;
        }
      }
      if (!(await this.sleeper.sleep(PAUSE_MS))) return;
    }
  }

  private async runChoosing(): Promise<void> {
    const { clock, random, logger } = this.modules;
    const now = clock.nowMs();
    this.startTime = clock.now();
    logger.info('opencon thread start');
    this.nextFeeler = now + poissonDelay(random, FEELER_INTERVAL_MS);
    this.nextExtraBlockRelay = now + poissonDelay(random, EXTRA_BLOCK_RELAY_INTERVAL_MS);
    this.nextExtraNetwork = now + poissonDelay(random, EXTRA_NETWORK_INTERVAL_MS);
    if (!this.options.fixedSeeds) logger.info('Fixed seeds are disabled');
    do {
      await this.fetchAddresses();
      if (!(await this.sleeper.sleep(PAUSE_MS))) return;
      this.useFixedSeeds();
      if (this.modules.manager.freeOutboundSlots > 0) await this.openOne();
    } while (!this.sleeper.isStopped);
  }

  private async fetchAddresses(): Promise<void> {
    const { manager } = this.modules;
    if (this.addrFetches.length === 0 || manager.freeOutboundSlots <= 0) return;
    const destination = this.addrFetches.shift();
    if (destination !== undefined) await manager.open({ type: 'addr-fetch', destination });
  }

  /** The networks' parameters carry no fixed seeds, so there is nothing to add; it is said, as Core says it. */
  private useFixedSeeds(): void {
    const { addresses, logger, addedNodes, clock } = this.modules;
    const isMissing = NETWORK_KINDS.some(network => addresses.counts(network).total === 0);
    if (!this.fixedSeedsPending || !isMissing) return;
    if (clock.now() > this.startTime + FIXED_SEEDS_DELAY) {
      logger.info(
        'Adding fixed seeds as 60 seconds have passed and addrman is empty for at least one reachable network',
      );
    } else if (!this.options.dnsSeed && this.options.seedNode.length === 0 && addedNodes.size === 0) {
      logger.info(
        'Adding fixed seeds as -dnsseed=0 (or IPv4/IPv6 connections are disabled via -onlynet) and neither -addnode nor -seednode are provided',
      );
    } else return;
    this.fixedSeedsPending = false;
    logger.info('Added 0 fixed seeds from reachable networks.');
  }

  private async openOne(): Promise<void> {
    const plan = this.plan();
    if (plan === undefined) return;
    this.modules.addresses.resolveCollisions();
    const groups = this.connectedGroups();
    const address = plan.anchor ? this.takeAnchor(groups) : this.choose(plan, groups);
    if (address === undefined) return;
    if (plan.type === 'feeler') this.debug(`Making feeler connection to ${address.endpoint}`);
    if (plan.network !== undefined) {
      this.debug(`Making network specific connection to ${address.endpoint} on ${plan.network}.`);
    }
    const { manager } = this.modules;
    // Failures tell about addresses only when our own network works.
    const countFailure = groups.size >= Math.min(manager.limits.automatic - 1, 2);
    await manager.open({ type: plan.type, address, countFailure });
  }

  /** What kind of connection is missing. */
  private plan(): Plan | undefined {
    const { manager, clock, random } = this.modules;
    const { fullRelay, blockRelay } = manager.limits;
    const now = clock.nowMs();
    const blockRelayPeers = manager.count('block-relay-only');
    const fullRelayPeers = manager.count('outbound-full-relay');
    if (this.anchors.length > 0 && blockRelayPeers < blockRelay) {
      return { type: 'block-relay-only', anchor: true };
    }
    if (fullRelayPeers < fullRelay) return { type: 'outbound-full-relay' };
    if (blockRelayPeers < blockRelay) return { type: 'block-relay-only' };
    if (this.tryExtraPeer) return { type: 'outbound-full-relay' };
    if (now > this.nextExtraBlockRelay && this.extraBlockRelayAllowed) {
      this.nextExtraBlockRelay = now + poissonDelay(random, EXTRA_BLOCK_RELAY_INTERVAL_MS);
      return { type: 'block-relay-only' };
    }
    if (now > this.nextFeeler) {
      this.nextFeeler = now + poissonDelay(random, FEELER_INTERVAL_MS);
      return { type: 'feeler' };
    }
    if (fullRelayPeers !== MAX_FULL_RELAY_CONNECTIONS || now <= this.nextExtraNetwork) return undefined;
    const network = this.missingNetwork();
    if (network === undefined) return undefined;
    this.nextExtraNetwork = now + poissonDelay(random, EXTRA_NETWORK_INTERVAL_MS);
    return { type: 'outbound-full-relay', network };
  }

  /** A network that we know addresses of but have no peer in. */
  private missingNetwork(): NetworkKind | undefined {
    const { manager, addresses, random } = this.modules;
    return shuffle(random, [...NETWORK_KINDS]).find(
      network => manager.countOutbound(network) === 0 && addresses.counts(network).total > 0,
    );
  }

  /** Groups that we have outbound peers in: one peer for each is enough. */
  private connectedGroups(): Set<string> {
    const lasting: readonly ConnectionType[] = ['manual', 'outbound-full-relay', 'block-relay-only'];
    const groups = new Set<string>();
    for (const connection of this.modules.manager.connections.values()) {
      if (lasting.includes(connection.type)) groups.add(groupKey(connection.netGroup));
    }
    return groups;
  }

  private takeAnchor(groups: ReadonlySet<string>): PeerAddress | undefined {
    for (let anchor = this.anchors.pop(); anchor !== undefined; anchor = this.anchors.pop()) {
      const { endpoint, services } = anchor;
      if (!endpoint.isValid || this.modules.locals.isLocal(endpoint)) continue;
      if (!this.options.isReachable(endpoint.address) || groups.has(this.groupOf(endpoint))) continue;
      if (!this.modules.hasDesirableServices(services)) continue;
      this.debug(`Trying to make an anchor connection to ${endpoint}`);
      return anchor;
    }
    return undefined;
  }

  private choose(plan: Plan, groups: ReadonlySet<string>): PeerAddress | undefined {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const selected = plan.type === 'feeler' ? this.selectForFeeler() : this.select(plan);
      if (selected === undefined) return undefined;
      const { endpoint } = selected.address;
      if (this.modules.locals.isLocal(endpoint)) return undefined;
      if (plan.type !== 'feeler' && groups.has(this.groupOf(endpoint))) continue;
      if (this.isSuitable(plan, selected, tries)) return selected.address;
    }
    return undefined;
  }

  private select(plan: Plan): SelectedAddress | undefined {
    return this.modules.addresses.select(false, plan.network);
  }

  /** An address whose place another one wants, else one that we never were connected to. */
  private selectForFeeler(): SelectedAddress | undefined {
    const { addresses, manager } = this.modules;
    const collision = addresses.selectTriedCollision();
    if (collision === undefined) return addresses.select(true);
    const { endpoint } = collision.address;
    if (!manager.isConnectedTo(endpoint)) return collision;
    addresses.good(endpoint);
    return addresses.select(true);
  }

  private isSuitable(plan: Plan, { address, lastTry }: SelectedAddress, tries: number): boolean {
    const { endpoint, services } = address;
    const { clock, addedNodes, hasDesirableServices } = this.modules;
    if (!this.options.isReachable(endpoint.address)) return false;
    if (clock.now() - lastTry < RECENT_TRY && tries < TRIES_BEFORE_RECENT) return false;
    const isUseful =
      plan.type === 'feeler' ? mayHaveUsefulAddresses(services) : hasDesirableServices(services);
    if (!isUseful) return false;
    if (tries < TRIES_BEFORE_BAD_PORT && endpoint.address.isIp && isBadPort(endpoint.port)) return false;
    if (!addedNodes.includes(endpoint)) return true;
    const what = `${plan.type} connection to ${endpoint.address.network} peer`;
    this.debug(`Not making automatic ${what} selected for manual (addnode) connection: ${endpoint}`);
    return false;
  }

  private groupOf(endpoint: Endpoint): string {
    return groupKey(netGroup(endpoint.address));
  }

  private debug(message: string): void {
    this.modules.logger.debug('net', message);
  }
}

function groupKey(group: Uint8Array): string {
  return asBuffer(group).toString('hex');
}
