import { networkInterfaces } from 'node:os';
import type { Logger } from '../../runtime/logger.js';
import { formatAddress, parseAddress } from '../address/address-text.js';
import { Endpoint } from '../address/endpoint.js';
import { isTeredo, isTunnel, type NetAddress } from '../address/net-address.js';
import type { LocalAddress } from '../api.js';
import type { NetworkName } from '../network-name.js';
import { type Random, randomBelow } from '../random.js';
import type { Connection } from './connection.js';

/** How we learnt of an address of ours; the higher, the more we believe it. */
export const LOCAL_INTERFACE = 1;
export const LOCAL_BIND = 2;
export const LOCAL_MANUAL = 4;

interface Local {
  readonly endpoint: Endpoint;
  score: number;
}

/** The addresses under which others can reach us, as far as we know. */
export class LocalAddresses {
  private readonly locals = new Map<string, Local>();

  constructor(
    private readonly options: {
      readonly discover: boolean;
      readonly listen: boolean;
      readonly isReachable: (address: NetAddress) => boolean;
      /** Port to tell to peers when we know no address of ours but the one they see. */
      readonly listenPort: () => number;
    },
    private readonly modules: { readonly logger: Logger; readonly random: Random },
  ) {}

  /** False when the address is of no use to others. */
  add(endpoint: Endpoint, score: number): boolean {
    const { address } = endpoint;
    if (!address.isRoutable || !this.options.isReachable(address)) return false;
    if (!this.options.discover && score < LOCAL_MANUAL) return false;
    this.modules.logger.info(`AddLocal(${endpoint},${score})`);
    const known = this.locals.get(address.key);
    if (known === undefined) this.locals.set(address.key, { endpoint, score });
    else if (score >= known.score) this.locals.set(address.key, { endpoint, score: score + 1 });
    return true;
  }

  /** Adds the addresses of this machine's network interfaces. */
  discover(port: number): void {
    if (!this.options.discover) return;
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      for (const { internal, address: text, family } of addresses ?? []) {
        const address = internal ? undefined : parseAddress(text);
        if (address === undefined || !this.add(new Endpoint(address, port), LOCAL_INTERFACE)) continue;
        this.modules.logger.info(`Discover: ${family} ${name}: ${formatAddress(address)}`);
      }
    }
  }

  /** A peer sees us under this address. */
  seen(endpoint: Endpoint): void {
    const local = this.locals.get(endpoint.address.key);
    if (local !== undefined) local.score++;
  }

  isLocal(endpoint: Endpoint): boolean {
    return this.locals.has(endpoint.address.key);
  }

  list(): LocalAddress[] {
    return [...this.locals.values()].map(({ endpoint, score }) => ({
      address: formatAddress(endpoint.address),
      port: endpoint.port,
      score,
    }));
  }

  /** The address to advertise to a peer: our best one for its network, or at times the one that it sees. */
  forPeer(connection: Connection, seenByPeer: Endpoint | undefined): Endpoint | undefined {
    const best = this.bestFor(connection);
    const { random, logger } = this.modules;
    const seen = this.believable(connection, seenByPeer);
    const odds = best !== undefined && best.score > LOCAL_MANUAL ? 8 : 2;
    let chosen = best?.endpoint;
    if (seen !== undefined && (chosen === undefined || randomBelow(random, odds) === 0)) {
      // An outbound peer sees the port of our end of the connection, which is not the one we listen on.
      chosen = connection.isInbound
        ? seen
        : new Endpoint(seen.address, chosen?.port ?? this.options.listenPort());
    }
    if (chosen === undefined || !chosen.address.isRoutable) return undefined;
    logger.debug('net', `Advertising address ${chosen} to peer=${connection.id}`);
    return chosen;
  }

  private believable(connection: Connection, seen: Endpoint | undefined): Endpoint | undefined {
    if (seen === undefined || !this.options.discover || !seen.address.isRoutable) return undefined;
    if (!connection.endpoint.address.isRoutable) return undefined;
    return this.options.isReachable(seen.address) ? seen : undefined;
  }

  private bestFor(connection: Connection): Local | undefined {
    if (!this.options.listen) return undefined;
    let best: Local | undefined;
    let bestReach = -1;
    for (const local of this.locals.values()) {
      const { network } = local.endpoint.address;
      // An address of one network told in another would link the two.
      const isPrivate = isPrivacyNetwork(network) || isPrivacyNetwork(connection.network);
      if (network !== connection.network && isPrivate) continue;
      const reach = reachability(local.endpoint.address, connection.endpoint.address, connection.network);
      if (reach > bestReach || (reach === bestReach && local.score > (best?.score ?? 0))) {
        best = local;
        bestReach = reach;
      }
    }
    return best;
  }
}

function isPrivacyNetwork(network: NetworkName): boolean {
  return network === 'onion' || network === 'i2p';
}

/** How well a peer can reach `ours`: the higher the better (Core's GetReachabilityFrom). */
function reachability(ours: NetAddress, theirs: NetAddress, theirNetwork: NetworkName): number {
  const UNREACHABLE = 0;
  const DEFAULT = 1;
  const TEREDO = 2;
  const IPV6_WEAK = 3;
  const IPV4 = 4;
  const IPV6_STRONG = 5;
  const PRIVATE = 6;
  if (!ours.isRoutable) return UNREACHABLE;
  if (isTeredo(theirs)) {
    if (isTeredo(ours)) return TEREDO;
    return ours.kind === 'ipv6' ? IPV6_WEAK : ours.kind === 'ipv4' ? IPV4 : DEFAULT;
  }
  if (theirNetwork === 'ipv4') return ours.kind === 'ipv4' ? IPV4 : DEFAULT;
  if (theirNetwork === 'ipv6') {
    if (isTeredo(ours)) return TEREDO;
    if (ours.kind === 'ipv4') return IPV4;
    return ours.kind !== 'ipv6' ? DEFAULT : isTunnel(ours) ? IPV6_WEAK : IPV6_STRONG;
  }
  if (ours.kind === theirNetwork) return PRIVATE;
  if (theirNetwork === 'onion') return ours.kind === 'ipv4' ? IPV4 : DEFAULT;
  if (theirNetwork !== 'not_publicly_routable') return DEFAULT;
  if (isTeredo(ours)) return TEREDO;
  return ours.kind === 'onion' ? PRIVATE : ours.kind === 'ipv4' ? IPV4 : DEFAULT;
}
