import { NO_HEADER } from '../../consensus/chain-view.js';
import { hashToHex } from '../../primitives/bytes.js';
import { isOutboundOrBlockRelay } from '../connection-type.js';
import type { AutomaticConnections } from '../connections/automatic.js';
import { canDirectFetch, workOf } from './availability.js';
import type { BlockDownload } from './block-download.js';
import type { PeerContext } from './context.js';
import type { HeaderSync } from './header-sync.js';
import type { Peer } from './peer.js';

/** Seconds that an outbound peer with a worse chain has to catch up, and to answer a last question. */
const CHAIN_SYNC_TIMEOUT = 20 * 60;
const HEADERS_RESPONSE_TIME = 2 * 60;
/** Seconds between looks whether the tip is stale. */
const STALE_CHECK_INTERVAL = 10 * 60;
/** Block intervals without a new tip after which it may be stale. */
const STALE_TIP_BLOCKS = 3;
/** Seconds that a peer is connected before it may be dropped as one too many. */
const MINIMUM_CONNECT_TIME = 30;

/** Watches that our outbound peers know the best chain: drops those that do not, tries others when the tip stands still. */
export class ChainSync {
  /** Unix seconds. */
  private lastTipUpdate = 0;
  private nextStaleCheck = 0;
  private initialSyncFinished = false;

  constructor(
    private readonly context: PeerContext,
    private readonly download: BlockDownload,
    private readonly headerSync: HeaderSync,
    private readonly automatic: () => AutomaticConnections | undefined,
  ) {}

  onConnected(): void {
    this.lastTipUpdate = this.context.clock.now();
  }

  /** Gives an outbound peer behind our tip its time; drops it when that is over. */
  consider(peer: Peer): void {
    const { chainSync, connection } = peer;
    const { chain, clock, logger } = this.context;
    if (chainSync.isProtected || !isOutboundOrBlockRelay(connection.type)) return;
    if (!peer.headers.syncStarted) return;
    const { bestKnown } = peer.chain;
    const now = clock.now();
    if (bestKnown !== NO_HEADER && workOf(chain, bestKnown) >= workOf(chain, chain.tip)) {
      chainSync.timeout = 0;
      chainSync.workHeader = NO_HEADER;
      chainSync.sentGetHeaders = false;
    } else if (chainSync.timeout === 0 || this.hasReached(peer)) {
      chainSync.timeout = now + CHAIN_SYNC_TIMEOUT;
      chainSync.workHeader = chain.tip;
      chainSync.sentGetHeaders = false;
    } else if (now > chainSync.timeout) {
      const best = bestKnown === NO_HEADER ? '<none>' : hashToHex(chain.headers.hash(bestKnown));
      if (chainSync.sentGetHeaders) {
        logger.info(`Disconnecting outbound peer ${peer.id} for old chain, best known block = ${best}`);
        connection.disconnect();
      } else this.askOnce(peer, best);
    }
  }

  /** Called every 45 seconds: drops outbound peers that are too many, and asks for one more when the tip may be stale. */
  check(): void {
    const automatic = this.automatic();
    if (automatic === undefined) return;
    const { chain, clock } = this.context;
    const now = clock.now();
    this.dropExtraBlockRelay(now);
    this.dropExtraFullRelay(now, automatic);
    if (now > this.nextStaleCheck) {
      this.checkStaleTip(now, automatic);
      this.nextStaleCheck = now + STALE_CHECK_INTERVAL;
    }
    if (!this.initialSyncFinished && canDirectFetch(chain, clock)) {
      automatic.allowExtraBlockRelayPeers();
      this.initialSyncFinished = true;
    }
  }

  /** It has caught up with what our tip was when its time began. */
  private hasReached({ chain: { bestKnown }, chainSync: { workHeader } }: Peer): boolean {
    const { chain } = this.context;
    if (workHeader === NO_HEADER || bestKnown === NO_HEADER) return false;
    return workOf(chain, bestKnown) >= workOf(chain, workHeader);
  }

  private askOnce(peer: Peer, best: string): void {
    const { chain, clock } = this.context;
    const { chainSync } = peer;
    const { headers } = chain;
    this.headerSync.maybeSendGetHeaders(peer, chain.locator(headers.prev(chainSync.workHeader)));
    const benchmark = `benchmark blockhash: ${hashToHex(headers.hash(chainSync.workHeader))}`;
    const state = `(current best known block:${best}, ${benchmark})`;
    this.debug(`sending getheaders to outbound peer=${peer.id} to verify chain work ${state}`);
    chainSync.sentGetHeaders = true;
    chainSync.timeout = clock.now() + HEADERS_RESPONSE_TIME;
  }

  private checkStaleTip(now: number, automatic: AutomaticConnections): void {
    const { logger, chain } = this.context;
    if (this.lastTipUpdate === 0) this.lastTipUpdate = now;
    const age = now - this.lastTipUpdate;
    const isStale = age > chain.params.consensus.powTargetSpacing * STALE_TIP_BLOCKS;
    const canAct = this.context.connections().networkActive && automatic.isChoosing;
    if (isStale && canAct && this.download.size === 0 && !this.context.isLoadingBlocks()) {
      logger.info(
        `Potential stale tip detected, will try using extra outbound peer (last tip update: ${age} seconds ago)`,
      );
      automatic.setTryExtraPeer(true);
    } else if (automatic.triesExtraPeer) {
      automatic.setTryExtraPeer(false);
    }
  }

  private established(type: 'outbound-full-relay' | 'block-relay-only'): Peer[] {
    return [...this.context.peers.values()].filter(
      ({ connection }) => connection.type === type && connection.handshakeDone && !connection.disconnecting,
    );
  }

  /** The younger of the last two goes, unless it brought us a block more recently than the other. */
  private dropExtraBlockRelay(now: number): void {
    const peers = this.established('block-relay-only');
    if (peers.length <= this.context.connections().limits.blockRelay) return;
    const youngest = peers.at(-1);
    const next = peers.at(-2);
    if (youngest === undefined || next === undefined) return;
    const keepsYoungest = youngest.connection.lastBlock > next.connection.lastBlock;
    const { connection, download, id } = keepsYoungest ? next : youngest;
    if (now - connection.connected >= MINIMUM_CONNECT_TIME && download.inFlight.length === 0) {
      const last = `(last block received at time ${connection.lastBlock})`;
      this.debug(`disconnecting extra block-relay-only peer=${id} ${last}`);
      connection.disconnect();
    } else {
      const state = `(connect time: ${connection.connected}, blocks_in_flight: ${download.inFlight.length})`;
      this.debug(`keeping block-relay-only peer=${id} chosen for eviction ${state}`);
    }
  }

  /** The one that was slowest to announce blocks goes, unless it is protected or the only one of its network. */
  private dropExtraFullRelay(now: number, automatic: AutomaticConnections): void {
    const peers = this.established('outbound-full-relay');
    const manager = this.context.connections();
    if (peers.length <= manager.limits.fullRelay) return;
    let worst: Peer | undefined;
    for (const peer of peers) {
      if (peer.chainSync.isProtected) continue;
      if (manager.countOutbound(peer.connection.endpoint.address.network) <= 1) continue;
      const oldest = worst?.chain.lastBlockAnnouncement ?? Number.POSITIVE_INFINITY;
      if (peer.chain.lastBlockAnnouncement <= oldest) worst = peer;
    }
    if (worst === undefined) return;
    const { connection, download, id } = worst;
    if (now - connection.connected > MINIMUM_CONNECT_TIME && download.inFlight.length === 0) {
      const last = `(last block announcement received at time ${worst.chain.lastBlockAnnouncement})`;
      this.debug(`disconnecting extra outbound peer=${id} ${last}`);
      connection.disconnect();
      automatic.setTryExtraPeer(false);
    } else {
      const state = `(connect time: ${connection.connected}, blocks_in_flight: ${download.inFlight.length})`;
      this.debug(`keeping outbound peer=${id} chosen for eviction ${state}`);
    }
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
