import type { ChainParams } from '../../consensus/params.js';
import { sha256 } from '../../crypto/hash.js';
import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { Endpoint, internalAddress } from '../address/endpoint.js';
import type { AddressManager } from '../address-manager/address-manager.js';
import { type Random, randomBelow, shuffle } from '../random.js';
import { NODE_NETWORK, NODE_WITNESS } from '../services.js';
import type { AutomaticConnections } from './automatic.js';
import type { ConnectionManager } from './connection-manager.js';
import type { Resolver } from './resolver.js';
import { Sleeper } from './sleeper.js';

/** Full-relay peers with which there is no need to ask seeds. */
const TARGET_CONNECTIONS = 2;
/** Seconds that -seednode peers get before the DNS is asked. */
const SEEDNODE_TIMEOUT = 30;
/** Seeds asked before looking whether peers were found. */
const SEEDS_AT_ONCE = 3;
/** Seconds between such rounds, by whether we know many addresses. */
const DELAY_FEW_ADDRESSES = 11;
const DELAY_MANY_ADDRESSES = 5 * 60;
const MANY_ADDRESSES = 1000;
/** Addresses taken from one seed. */
const MAX_RESULTS = 32;
const DAY = 24 * 60 * 60;
const POLL_MS = 500;

/** Services that seeds are asked for, as their names spell them. */
const WANTED_SERVICES = NODE_NETWORK | NODE_WITNESS;

export interface DnsSeedModules {
  readonly params: ChainParams;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly addresses: AddressManager;
  readonly manager: ConnectionManager;
  readonly automatic: AutomaticConnections;
  /** Undefined where names are never looked up: the seeds are gone through, and nothing is found. */
  readonly resolve: Resolver | undefined;
}

/** Asks the network's DNS seeds for addresses when we know too few peers. */
export class DnsSeeds {
  private readonly sleeper: Sleeper;
  private running: Promise<void> | undefined;

  constructor(
    private readonly options: { readonly force: boolean; readonly seedNode: readonly string[] },
    private readonly modules: DnsSeedModules,
  ) {
    this.sleeper = new Sleeper(modules.clock);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.sleeper.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const { addresses, logger, params, random } = this.modules;
    let connections = 0;
    if (this.options.seedNode.length > 0) {
      const waited = await this.waitForSeedNodes();
      if (waited === undefined) return;
      connections = waited;
    }
    const seeds = shuffle(random, [...params.dnsSeeds]);
    // Seeds that are asked without waiting for peers first.
    let atOnce = this.options.force || addresses.size === 0 ? seeds.length : 0;
    if (connections >= TARGET_CONNECTIONS && atOnce === 0) {
      logger.info('Skipping DNS seeds. Enough peers have been found');
      return;
    }
    let found = 0;
    for (const seed of seeds) {
      if (atOnce === 0) {
        atOnce = SEEDS_AT_ONCE;
        if (addresses.size > 0 && !(await this.waitForPeers(found))) return;
      }
      if (!(await this.waitForNetwork())) return;
      found += await this.ask(seed);
      atOnce--;
    }
    logger.info(`${found} addresses found from DNS seeds`);
  }

  /** Full-relay peers that -seednode brought in time; undefined when stopped. */
  private async waitForSeedNodes(): Promise<number | undefined> {
    const { clock, logger } = this.modules;
    logger.info(
      `-seednode enabled. Trying the provided seeds for ${SEEDNODE_TIMEOUT} seconds before defaulting to the dnsseeds.`,
    );
    const start = clock.now();
    while (await this.sleeper.sleep(POLL_MS)) {
      const count = this.connectionCount();
      if (clock.now() > start + SEEDNODE_TIMEOUT) {
        logger.info("Couldn't connect to enough peers via seed nodes. Handing fetch logic to the DNS seeds.");
        return count;
      }
      if (count >= TARGET_CONNECTIONS) {
        logger.info('P2P peers available. Finished fetching data from seed nodes.');
        return count;
      }
    }
    return undefined;
  }

  /** False when peers came meanwhile, or when stopped: no seed is to be asked any more. */
  private async waitForPeers(found: number): Promise<boolean> {
    const { addresses, logger } = this.modules;
    let left = addresses.size >= MANY_ADDRESSES ? DELAY_MANY_ADDRESSES : DELAY_FEW_ADDRESSES;
    logger.info(`Waiting ${left} seconds before querying DNS seeds.`);
    while (left > 0) {
      const wait = Math.min(left, DELAY_FEW_ADDRESSES);
      if (!(await this.sleeper.sleep(wait * 1000))) return false;
      left -= wait;
      if (this.connectionCount() < TARGET_CONNECTIONS) continue;
      if (found > 0) logger.info(`${found} addresses found from DNS seeds`);
      const outcome = found > 0 ? 'Finished DNS seeding.' : 'Skipped DNS seeding.';
      logger.info(`P2P peers available. ${outcome}`);
      return false;
    }
    return true;
  }

  private async waitForNetwork(): Promise<boolean> {
    const { manager, logger } = this.modules;
    if (manager.networkActive) return !this.sleeper.isStopped;
    logger.info('Waiting for network to be reactivated before querying DNS seeds.');
    while (!manager.networkActive) if (!(await this.sleeper.sleep(1000))) return false;
    return true;
  }

  private async ask(seed: string): Promise<number> {
    const { params, addresses, clock, random, resolve, automatic, logger } = this.modules;
    logger.info(`Loading addresses from DNS seed ${seed}`);
    if (resolve === undefined) return 0;
    const host = `x${WANTED_SERVICES.toString(16)}.${seed}`;
    const hosts = (await resolve(host)).slice(0, MAX_RESULTS);
    if (hosts.length === 0) {
      automatic.addAddrFetch(seed);
      return 0;
    }
    const told = hosts.map(address => ({
      endpoint: new Endpoint(address, params.defaultPort),
      services: WANTED_SERVICES,
      // Between three and seven days old, so that fresher news win.
      time: clock.now() - 3 * DAY - randomBelow(random, 4 * DAY),
    }));
    addresses.add(told, internalAddress(sha256(Buffer.from(host))));
    return told.length;
  }

  private connectionCount(): number {
    let count = 0;
    for (const { type, handshakeDone } of this.modules.manager.connections.values()) {
      if (type === 'outbound-full-relay' && handshakeDone) count++;
    }
    return count;
  }
}
