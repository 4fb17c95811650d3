import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { Hash256, HashKey } from '../../primitives/bytes.js';
import type { Endpoint } from '../address/endpoint.js';
import type { PeerAddress } from '../address/peer-address.js';
import type { NodeId } from '../api.js';
import type { Connection } from '../connections/connection.js';
import type { RollingFilter } from '../rolling-filter.js';
import { NODE_NONE } from '../services.js';
import type { Inventory } from '../wire/inventory.js';
import { encodeMessage, type Message } from '../wire/messages.js';
import type { HeadersPresync } from './headers-presync.js';

/** A block asked from a peer. */
export interface QueuedBlock {
  readonly id: HeaderId;
  readonly key: HashKey;
}

/** Times of the mockable clock in milliseconds, 0 for never, unless they say otherwise. */
export class Peer {
  readonly id: NodeId;

  /** From the handshake. `version` is 0 before the peer's version message. */
  version = 0;
  commonVersion = 0;
  theirServices = NODE_NONE;
  subVersion = '';
  startingHeight = -1;
  /** Seconds. */
  timeOffset = 0;
  addrLocal: Endpoint | undefined;
  versionSent = false;
  wtxidRelay = false;
  wantsAddrV2 = false;
  /** BIP152: it can answer getdata with cmpctblock, and wants to hear of blocks by it. */
  providesCompactBlocks = false;
  wantsHighBandwidth = false;
  /** To be disconnected, and to be liked less, in its next send step. */
  shouldDiscourage = false;
  /** Outbound or protected, and has blocks. */
  preferredDownload = false;

  readonly ping = { nonce: 0n, startMs: 0, startSteadyMs: 0, queued: false };

  readonly headers = {
    /** It is one of those that we sync headers from. */
    syncStarted: false,
    /** Infinity once we are synced. */
    syncTimeout: 0,
    /** When the unanswered getheaders was sent, NEGATIVE_INFINITY for none. */
    lastGetHeaders: Number.NEGATIVE_INFINITY,
    invTriggeredGetHeaders: false,
    presync: undefined as HeadersPresync | undefined,
  };

  /** What it has of the chain. */
  readonly chain = {
    /** The announced header with most work. */
    bestKnown: NO_HEADER as HeaderId,
    /** A later announcement that we do not know the header of. */
    lastUnknown: undefined as Hash256 | undefined,
    /** The last block that we both have. */
    lastCommon: NO_HEADER as HeaderId,
    /** The last header we sent to it. */
    bestHeaderSent: NO_HEADER as HeaderId,
    /** Unix seconds when it last told us of a block better than our tip. */
    lastBlockAnnouncement: 0,
  };

  readonly download = {
    inFlight: [] as QueuedBlock[],
    /** When the first block in flight came to the front. */
    since: 0,
    /** Since when it keeps others from going on. */
    stallingSince: 0,
  };

  /** Outbound peers on a worse chain get time to catch up (seconds). */
  readonly chainSync = {
    timeout: 0,
    workHeader: NO_HEADER as HeaderId,
    sentGetHeaders: false,
    isProtected: false,
  };

  readonly announce = {
    prefersHeaders: false,
    sentSendHeaders: false,
    byHeaders: [] as Hash256[],
    byInv: [] as Hash256[],
    /** When the peer gets this block, it is told our tip, so that it asks for the next 500 (getblocks). */
    continuation: undefined as Hash256 | undefined,
  };

  /** Requests of the peer that wait to be served. */
  readonly getData: Inventory[] = [];

  /** Undefined when no transactions are relayed. */
  txRelay: TxRelayState | undefined;
  /** Satoshis per 1000 vbytes. */
  readonly feeFilter = { sent: 0, nextSend: 0 };

  readonly addr = {
    enabled: false,
    known: undefined as RollingFilter | undefined,
    toSend: [] as PeerAddress[],
    getAddrSent: false,
    getAddrReceived: false,
    nextSend: 0,
    nextLocalSend: 0,
    /** Addresses that it may tell us; one to begin with, for itself. */
    tokens: 1,
    tokensTime: 0,
    processed: 0,
    rateLimited: 0,
  };

  constructor(
    readonly connection: Connection,
    readonly ourServices: bigint,
  ) {
    this.id = connection.id;
  }

  send(message: Message): void {
    this.connection.send(message.type, encodeMessage(message));
  }
}

export interface TxRelayState {
  /** The peer wants to hear of transactions. */
  relayTxs: boolean;
  /** Ids that one of us has told the other of. */
  readonly known: RollingFilter;
  /** Txids or wtxids, by what was negotiated, still to be announced. */
  readonly toSend: Set<HashKey>;
  nextInvSend: number;
  sendMempool: boolean;
  /** Only transactions that came into the mempool before this number may be asked for: others were not announced. */
  lastInvSequence: number;
  /** Satoshis per 1000 vbytes below which the peer wants no announcements. */
  feeFilterReceived: number;
}
