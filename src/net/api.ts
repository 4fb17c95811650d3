import type { EventEmitter } from 'node:events';
import type { HeaderId } from '../consensus/chain-view.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import type { ConnectionType, TransportName } from './connection-type.js';
import type { NetworkKind, NetworkName } from './network-name.js';

export type NodeId = number;

/** One peer as getpeerinfo shows it, raw: times in Unix seconds (0 for never), spans in milliseconds. */
export interface PeerInfo {
  readonly id: NodeId;
  /** `host:port`, or the name given to addnode. */
  readonly addr: string;
  /** Our end of the connection, `ip:port`; undefined when unknown. */
  readonly addrBind: string | undefined;
  /** Our address as the peer sees it. */
  readonly addrLocal: string | undefined;
  readonly network: NetworkName;
  readonly services: bigint;
  /** Names of the service bits, in order: `NETWORK`, `WITNESS`… */
  readonly serviceNames: readonly string[];
  /** We announce transactions to it. */
  readonly relayTxs: boolean;
  readonly lastSend: number;
  readonly lastRecv: number;
  /** Last new valid transaction and block that came from it. */
  readonly lastTransaction: number;
  readonly lastBlock: number;
  readonly bytesSent: number;
  readonly bytesRecv: number;
  readonly connTime: number;
  /** Its clock less ours at the handshake, seconds. */
  readonly timeOffset: number;
  /** Milliseconds with fraction; undefined before the first pong. */
  readonly pingTimeMs: number | undefined;
  readonly minPingMs: number | undefined;
  /** Milliseconds that a ping has been waiting for its pong. */
  readonly pingWaitMs: number | undefined;
  readonly version: number;
  /** Sanitised: safe to log and to show. */
  readonly subVersion: string;
  readonly inbound: boolean;
  readonly bip152HighBandwidthTo: boolean;
  readonly bip152HighBandwidthFrom: boolean;
  readonly startingHeight: number;
  /** Height of a low-work header sync in progress, -1 for none. */
  readonly presyncedHeaders: number;
  /** Heights of the last header and block we have in common, -1 for none. */
  readonly syncedHeaders: number;
  readonly syncedBlocks: number;
  /** Heights of the blocks asked from it. */
  readonly inFlight: readonly number[];
  readonly addrRelayEnabled: boolean;
  readonly addrProcessed: number;
  readonly addrRateLimited: number;
  readonly permissions: readonly string[];
  /** Satoshis per 1000 vbytes. */
  readonly minFeeFilter: number;
  /** Bytes by message type; unknown types under `*other*`. Sorted by name. */
  readonly bytesSentPerMessage: ReadonlyMap<string, number>;
  readonly bytesRecvPerMessage: ReadonlyMap<string, number>;
  readonly connectionType: ConnectionType;
  readonly transport: TransportName;
  /** BIP324 session id in hex, empty for v1. */
  readonly sessionId: string;
}

export interface ConnectionCounts {
  readonly total: number;
  readonly inbound: number;
  readonly outbound: number;
}

/** getnettotals. */
export interface NetTotals {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly uploadTarget: {
    /** Seconds. */
    readonly timeframe: number;
    /** Bytes, 0 for no limit. */
    readonly target: number;
    readonly targetReached: boolean;
    readonly serveHistoricalBlocks: boolean;
    readonly bytesLeftInCycle: number;
    /** Seconds. */
    readonly timeLeftInCycle: number;
  };
}

/** One row of getnetworkinfo's `networks`. */
export interface NetworkReach {
  readonly name: NetworkKind;
  readonly limited: boolean;
  readonly reachable: boolean;
}

export interface LocalAddress {
  readonly address: string;
  readonly port: number;
  readonly score: number;
}

export interface AddedNode {
  /** As given to addnode. */
  readonly node: string;
  /** The connection to it, if there is one. */
  readonly connection: { readonly address: string; readonly inbound: boolean } | undefined;
}

export interface BanEntry {
  /** Address or subnet in CIDR form, as listbanned shows it: `127.0.0.0/24`, `1.2.3.4/32`. */
  readonly subnet: string;
  /** Unix seconds. */
  readonly created: number;
  readonly until: number;
}

/** A known address of the network, for getnodeaddresses and getrawaddrman. */
export interface KnownAddress {
  readonly address: string;
  readonly port: number;
  readonly services: bigint;
  /** Unix seconds of last sight. */
  readonly time: number;
  readonly network: NetworkName;
}

export interface RawAddressEntry extends KnownAddress {
  readonly bucket: number;
  readonly position: number;
  /** Who told us. */
  readonly source: string;
  readonly sourceNetwork: NetworkName;
}

export interface AddressCounts {
  readonly new: number;
  readonly tried: number;
  readonly total: number;
}

export interface NetEvents {
  /** A peer finished its handshake. */
  connected: [peer: NodeId];
  disconnected: [peer: NodeId];
  /** A peer told of a block by its header, an inventory entry or the block itself: perhaps more than once. */
  blockAnnounced: [peer: NodeId, hash: Hash256];
  /** setnetworkactive. */
  networkActive: [active: boolean];
  /** A connection came or went, or bans changed. */
  changed: [];
}

/** What RPC, node and lab see of the peer-to-peer side. */
export interface P2P {
  readonly events: EventEmitter<NetEvents>;

  /** Opens listeners and connections. @throws StartError when an option is wrong or a port is taken */
  start(): Promise<void>;
  /** Closes every socket, writes the files, leaves no timer. */
  stop(): Promise<void>;

  /** `/Name:version(comments)/`. */
  readonly subversion: string;
  readonly protocolVersion: number;
  readonly localServices: bigint;
  readonly localServiceNames: readonly string[];
  /** False with -blocksonly. */
  readonly relaysTransactions: boolean;
  readonly networkActive: boolean;
  /** Median of the clocks of outbound peers less ours, seconds. */
  readonly timeOffset: number;
  /** Where we listen, `host:port`; real ports when 0 was asked for. */
  readonly listening: readonly { readonly host: string; readonly port: number }[];
  readonly localAddresses: readonly LocalAddress[];
  readonly networks: readonly NetworkReach[];

  peers(): PeerInfo[];
  /** What the peer says it is (BIP14), sanitised; undefined when there is no such peer. */
  userAgent(peer: NodeId): string | undefined;
  /** The peer that sent a block which is being checked; undefined when it came by another way. */
  senderOf(block: Hash256): NodeId | undefined;
  connectionCounts(): ConnectionCounts;
  totals(): NetTotals;
  /** RPC ping: every peer is pinged in its next round. */
  ping(): void;

  /** addnode add: false when the node was added before. */
  addNode(node: string): boolean;
  /** addnode remove: false when it was not added. */
  removeNode(node: string): boolean;
  /** addnode onetry. Resolves when the connection stands or failed; nobody needs to wait. */
  tryNode(node: string): Promise<void>;
  addedNodes(): AddedNode[];
  /** addconnection (regtest): false when that kind has no free slot. */
  addConnection(
    address: string,
    type: 'outbound-full-relay' | 'block-relay-only' | 'addr-fetch' | 'feeler',
  ): Promise<boolean>;
  /** disconnectnode: false when no peer fits. */
  disconnect(which: { readonly address: string } | { readonly nodeId: NodeId }): boolean;
  setNetworkActive(active: boolean): void;

  bannedList(): BanEntry[];
  /**
   * setban add.
   *
   * @param subnet address or subnet
   * @param seconds how long, or with `absolute` until when (Unix seconds); 0 for the default of -bantime
   */
  ban(subnet: string, seconds: number, absolute: boolean): 'banned' | 'invalid' | 'already-banned';
  unban(subnet: string): 'unbanned' | 'invalid' | 'not-banned';
  clearBanned(): void;

  /** getnodeaddresses: random known addresses, at most `count` (0: all). */
  nodeAddresses(count: number, network?: NetworkKind): KnownAddress[];
  addressCounts(network?: NetworkKind): AddressCounts;
  rawAddresses(): { readonly new: RawAddressEntry[]; readonly tried: RawAddressEntry[] };
  /** addpeeraddress. */
  addPeerAddress(
    address: string,
    port: number,
    tried: boolean,
  ): 'added' | 'invalid' | 'failed-adding-to-new' | 'failed-adding-to-tried';

  /**
   * Announces a transaction of the mempool to all peers. Marked as not broadcast yet (`Mempool.addUnbroadcast`), it is
   * announced again every 10 to 15 minutes until a peer has asked for it.
   */
  broadcastTransaction(tx: Transaction): void;

  /** getblockfrompeer: a sentence of why not, or undefined when the block was asked for. */
  fetchBlock(peer: NodeId, block: HeaderId): string | undefined;
  /** sendmsgtopeer (tests): false when there is no such peer. */
  sendRaw(peer: NodeId, type: string, payload: Uint8Array): boolean;
  /** Transactions held because their parents are unknown. */
  orphanTransactions(): { readonly tx: Transaction; readonly from: NodeId; readonly expires: number }[];
}
