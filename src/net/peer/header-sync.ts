import { HEADERS_PER_STEP } from '../../chain/connect/accept-headers.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { checkProofOfWork } from '../../consensus/pow.js';
import { bytesEqual, type Hash256, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import { BlockHeader } from '../../primitives/header.js';
import { blockWork } from '../../primitives/target.js';
import { allHold, type Steps } from '../../runtime/steps.js';
import { inTurns } from '../../runtime/turns.js';
import { isOutboundOrBlockRelay } from '../connection-type.js';
import { PERMISSION_NO_BAN } from '../permissions.js';
import { canServeBlocks } from '../services.js';
import { MAX_HEADERS_RESULTS } from '../wire/limits.js';
import { antiDosWorkThreshold, updateAvailability, workOf } from './availability.js';
import { MAX_BLOCKS_TO_ANNOUNCE } from './block-announce.js';
import type { BlockDownload } from './block-download.js';
import type { PeerContext } from './context.js';
import { HeadersPresync } from './headers-presync.js';
import type { Misbehavior } from './misbehavior.js';
import type { Peer } from './peer.js';

/** Milliseconds that a peer has to answer getheaders before it is asked again. */
const RESPONSE_TIME_MS = 2 * 60_000;
/** Milliseconds that the first sync may take, and more for each header that we expect. */
const DOWNLOAD_TIMEOUT_BASE_MS = 15 * 60_000;
const DOWNLOAD_TIMEOUT_PER_HEADER_MS = 1;
/** A header of the last day means that headers are synced: all peers are asked, none is timed. */
const SYNCED_AGE_MS = 24 * 60 * 60_000;
/** Outbound peers with a good chain that are never dropped for a worse one. */
const MAX_PROTECTED_PEERS = 4;

/** Asks for headers, checks what comes, and draws the conclusions for the peer. */
export class HeaderSync {
  /** Peers that the first sync was started with. */
  private syncing = 0;
  private protectedPeers = 0;
  private lastBlockThatTriggeredSync: Hash256 | undefined;

  constructor(
    private readonly context: PeerContext,
    private readonly download: BlockDownload,
    private readonly misbehavior: Misbehavior,
  ) {}

  /** Asks for what follows the locator, unless an answer is awaited. */
  maybeSendGetHeaders(peer: Peer, locator: readonly Hash256[]): boolean {
    const now = this.context.clock.nowMs();
    if (now - peer.headers.lastGetHeaders <= RESPONSE_TIME_MS) return false;
    peer.send({ type: 'getheaders', locator, stop: ZERO_HASH });
    peer.headers.lastGetHeaders = now;
    return true;
  }

  /** Starts syncing with the peer when it is time: with one peer at first, with all once we are near the tip. */
  start(peer: Peer): void {
    const { chain, clock } = this.context;
    if (peer.headers.syncStarted || !canServeBlocks(peer.theirServices)) return;
    if (this.context.isLoadingBlocks()) return;
    const isFirst = this.syncing === 0 && this.download.isSyncPeer(peer);
    if (!isFirst && !this.isNearTip()) return;
    // From one before our best, so that even a peer with the same chain answers with a header that it has.
    const best = chain.bestHeader;
    const before = chain.headers.prev(best);
    const from = before === NO_HEADER ? best : before;
    if (!this.maybeSendGetHeaders(peer, chain.locator(from))) return;
    const height = chain.headers.height(from);
    this.debug(`initial getheaders (${height}) to peer=${peer.id} (startheight:${peer.startingHeight})`);
    peer.headers.syncStarted = true;
    this.syncing++;
    const age = clock.now() - chain.headers.time(best);
    const expected = Math.max(0, age) / chain.params.consensus.powTargetSpacing;
    peer.headers.syncTimeout =
      clock.nowMs() + DOWNLOAD_TIMEOUT_BASE_MS + DOWNLOAD_TIMEOUT_PER_HEADER_MS * expected;
  }

  /** Drops the one sync peer when it is too slow and there is another; true when it goes. */
  dropSlow(peer: Peer): boolean {
    const { headers, connection } = peer;
    const { clock, logger } = this.context;
    if (!headers.syncStarted || headers.syncTimeout === Number.POSITIVE_INFINITY) return false;
    if (this.isNearTip()) {
      headers.syncTimeout = Number.POSITIVE_INFINITY;
      return false;
    }
    const others = this.download.preferredPeers - (peer.preferredDownload ? 1 : 0);
    if (clock.nowMs() <= headers.syncTimeout || this.syncing !== 1 || others < 1) return false;
    if (connection.may(PERMISSION_NO_BAN)) {
      logger.info(`Timeout downloading headers from noban peer=${peer.id}, not disconnecting`);
      headers.syncStarted = false;
      this.syncing--;
      headers.syncTimeout = 0;
      return false;
    }
    logger.info(`Timeout downloading headers from peer=${peer.id}, disconnecting`);
    connection.disconnect();
    return true;
  }

  forgetPeer(peer: Peer): void {
    if (peer.headers.syncStarted) this.syncing--;
    if (peer.chainSync.isProtected) this.protectedPeers--;
  }

  /** The peer announced a block that we do not know. */
  onUnknownBlock(peer: Peer, hash: Hash256): void {
    const { headers } = peer;
    const { chain } = this.context;
    const last = this.lastBlockThatTriggeredSync;
    const isNews = last === undefined || !bytesEqual(last, hash);
    // Before the first sync is over, each new block may make us ask one more peer: the first may be stalling.
    if (!headers.syncStarted && (headers.invTriggeredGetHeaders || !isNews)) return;
    if (this.maybeSendGetHeaders(peer, chain.locator(chain.bestHeader))) {
      const height = chain.headers.height(chain.bestHeader);
      this.debug(`getheaders (${height}) ${hashToHex(hash)} to peer=${peer.id}`);
    }
    if (headers.syncStarted) return;
    headers.invTriggeredGetHeaders = true;
    this.lastBlockThatTriggeredSync = hash.slice();
  }

  /** headers, or the header of a compact block. A few are dealt with when this returns; many give the event loop its turns. */
  onHeaders(peer: Peer, received: readonly BlockHeader[], viaCompactBlock = false): void | Promise<void> {
    return inTurns(this.take(peer, received, viaCompactBlock));
  }

  /** Between two steps nothing else of this peer is dealt with; the chain and other peers go on. */
  private *take(peer: Peer, received: readonly BlockHeader[], viaCompactBlock: boolean): Steps<void> {
    if (received.length === 0) {
      peer.headers.presync = undefined;
      peer.headers.lastGetHeaders = Number.NEGATIVE_INFINITY;
      return;
    }
    if (!(yield* this.checkForm(peer, received))) return;
    const isFull = received.length === MAX_HEADERS_RESULTS;
    const released = yield* this.continuePresync(peer, received, isFull);
    const headers = released ?? received;
    const first = headers[0];
    if (first === undefined) return;
    const { chain } = this.context;
    const start = chain.headers.find(first.prevHash);
    if (start === NO_HEADER) {
      this.onUnconnecting(peer, headers);
      return;
    }
    peer.headers.lastGetHeaders = Number.NEGATIVE_INFINITY;
    const lastKnown = chain.headers.find((headers.at(-1) ?? first).hash);
    const isTrusted =
      released !== undefined || this.isOnGoodChain(lastKnown) || peer.connection.may(PERMISSION_NO_BAN);
    if (!isTrusted && (yield* this.isLowWork(peer, start, headers, isFull))) return;
    yield* this.accept(peer, headers, { isFull, isNew: lastKnown === NO_HEADER, viaCompactBlock });
  }

  /** Height of a first pass in progress, -1 for none. */
  presyncHeight(peer: Peer): number {
    return peer.headers.presync?.presyncHeight ?? -1;
  }

  /** The best header is less than a day old. */
  private isNearTip(): boolean {
    const { chain, clock } = this.context;
    return chain.headers.time(chain.bestHeader) * 1000 > clock.nowMs() - SYNCED_AGE_MS;
  }

  /** Proof of work and continuity, before anything is looked up. */
  private *checkForm(peer: Peer, headers: readonly BlockHeader[]): Steps<boolean> {
    const { consensus } = this.context.chain.params;
    let isContinuous = true;
    const hasWork = yield* allHold(headers, HEADERS_PER_STEP, (header, index) => {
      // Each will be asked for its hash: those of a step are made together.
      if (index % HEADERS_PER_STEP === 0)
        BlockHeader.makeHashes(headers.slice(index, index + HEADERS_PER_STEP));
      const before = headers[index - 1];
      if (before !== undefined && !bytesEqual(header.prevHash, before.hash)) isContinuous = false;
      return checkProofOfWork(header.hash, header.bits, consensus);
    });
    if (!hasWork) {
      this.misbehavior.flag(peer, 'header with invalid proof of work');
      return false;
    }
    if (!isContinuous) this.misbehavior.flag(peer, 'non-continuous headers sequence');
    return isContinuous;
  }

  /** Feeds a two-pass sync in progress; the headers that it releases, undefined when there is none or it failed. */
  private *continuePresync(
    peer: Peer,
    received: readonly BlockHeader[],
    isFull: boolean,
  ): Steps<readonly BlockHeader[] | undefined> {
    const { presync } = peer.headers;
    if (presync === undefined) return undefined;
    const result = yield* presync.process(received, isFull);
    if (result.success) peer.headers.lastGetHeaders = Number.NEGATIVE_INFINITY;
    if (result.requestMore) {
      const locator = presync.nextLocator();
      this.maybeSendGetHeaders(peer, locator);
      this.debug(`more getheaders (from ${hashToHex(locator[0] ?? ZERO_HASH)}) to peer=${peer.id}`);
    }
    if (presync.state === 'final') peer.headers.presync = undefined;
    return result.success ? result.headers : undefined;
  }

  private onUnconnecting(peer: Peer, headers: readonly BlockHeader[]): void {
    const { chain } = this.context;
    const [first] = headers;
    const last = headers.at(-1);
    if (first === undefined || last === undefined) return;
    const best = chain.bestHeader;
    if (this.maybeSendGetHeaders(peer, chain.locator(best))) {
      const missing = `missing prev block ${hashToHex(first.prevHash)}`;
      const asked = `sending getheaders (${chain.headers.height(best)}) to end (peer=${peer.id})`;
      this.debug(`received header ${hashToHex(first.hash)}: ${missing}, ${asked}`);
    }
    updateAvailability(chain, peer, last.hash);
    this.tellAnnounced(peer, headers);
  }

  private isOnGoodChain(id: HeaderId): boolean {
    const { chain } = this.context;
    if (id === NO_HEADER) return false;
    const { headers } = chain;
    return chain.isActive(id) || headers.ancestor(chain.bestHeader, headers.height(id)) === id;
  }

  /** The chain has too little work to keep; a full message may be the start of one with enough. */
  private *isLowWork(
    peer: Peer,
    start: HeaderId,
    received: readonly BlockHeader[],
    isFull: boolean,
  ): Steps<boolean> {
    const { chain, clock, random, logger } = this.context;
    const { headers } = chain;
    const threshold = antiDosWorkThreshold(chain);
    const claimed = received.reduce((sum, { bits }) => sum + blockWork(bits), headers.chainWork(start));
    if (claimed >= threshold) return false;
    if (!isFull) {
      const height = headers.height(start) + received.length;
      this.debug(`Ignoring low-work chain (height=${height}) from peer=${peer.id}`);
      return true;
    }
    const from = {
      height: headers.height(start),
      header: headers.header(start),
      work: headers.chainWork(start),
      medianTimePast: headers.medianTimePast(start),
      locator: chain.locator(start),
    };
    const { consensus } = chain.params;
    const { id } = peer;
    peer.headers.presync = new HeadersPresync(id, consensus, from, threshold, clock.now(), random, logger);
    yield* this.continuePresync(peer, received, isFull);
    return true;
  }

  private *accept(
    peer: Peer,
    received: readonly BlockHeader[],
    state: { readonly isFull: boolean; readonly isNew: boolean; readonly viaCompactBlock: boolean },
  ): Steps<void> {
    const { chain } = this.context;
    const { last, rejection } = yield* chain.headerSteps(received);
    if (rejection !== undefined) {
      this.misbehavior.punishForBlock(peer, rejection, state.viaCompactBlock, 'invalid header received');
      return;
    }
    if (last === NO_HEADER) return;
    this.tellAnnounced(peer, received);
    if (state.isFull && peer.headers.presync === undefined) {
      if (this.maybeSendGetHeaders(peer, chain.locator(last))) {
        const height = chain.headers.height(last);
        const start = `(startheight:${peer.startingHeight})`;
        this.debug(`more getheaders (${height}) to end to peer=${peer.id} ${start}`);
      }
    }
    this.noteChain(peer, last, state.isNew, state.isFull);
    this.download.directFetch(peer, last);
  }

  private noteChain(peer: Peer, last: HeaderId, isNew: boolean, mayHaveMore: boolean): void {
    const { chain, clock, logger } = this.context;
    const { headers } = chain;
    updateAvailability(chain, peer, headers.hash(last));
    const tipWork = headers.chainWork(chain.tip);
    if (isNew && headers.chainWork(last) > tipWork) peer.chain.lastBlockAnnouncement = clock.now();
    const { connection } = peer;
    const work = workOf(chain, peer.chain.bestKnown);
    const isPoor = work < chain.params.consensus.minimumChainWork;
    if (chain.isInitialBlockDownload && !mayHaveMore && isPoor && isOutboundOrBlockRelay(connection.type)) {
      logger.info(`Disconnecting outbound peer ${peer.id} -- headers chain has insufficient work`);
      connection.disconnect();
    }
    if (connection.disconnecting || connection.type !== 'outbound-full-relay') return;
    if (this.protectedPeers >= MAX_PROTECTED_PEERS || work < tipWork || peer.chainSync.isProtected) return;
    this.debug(`Protecting outbound peer=${peer.id} from eviction`);
    peer.chainSync.isProtected = true;
    this.protectedPeers++;
  }

  /** More headers than are ever announced at once answer a question of ours: then only the last one is news. */
  private tellAnnounced(peer: Peer, headers: readonly BlockHeader[]): void {
    const told = headers.length > MAX_BLOCKS_TO_ANNOUNCE ? headers.slice(-1) : headers;
    const { events } = this.context.connections();
    for (const { hash } of told) events.emit('blockAnnounced', peer.id, hash);
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
