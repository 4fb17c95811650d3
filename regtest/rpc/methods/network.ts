import type { ParameterNames } from '../parameter-names.js';
import type { EmptyObject } from './shapes.js';

/** Kinds of addresses that the node can reach. */
export type NetworkKind = 'ipv4' | 'ipv6' | 'onion' | 'i2p' | 'cjdns';

/** What an address's network is called: loopback and private ones go under their own name. */
export type NetworkName = NetworkKind | 'not_publicly_routable';

/** Kinds of connections that `addconnection` opens. */
export type OutboundConnectionType = 'outbound-full-relay' | 'block-relay-only' | 'addr-fetch' | 'feeler';

/** A connected peer. Times are in seconds, 0 for never. */
export interface PeerInfo {
  readonly id: number;
  /** `host:port`, or the name given to `addnode`. */
  readonly addr: string;
  /** This node's end of the connection. */
  readonly addrbind?: string;
  /** This node's address as the peer sees it. */
  readonly addrlocal?: string;
  readonly network: NetworkName;
  /** 16 hex digits. */
  readonly services: string;
  readonly servicesnames: readonly string[];
  /** Transactions are announced to it. */
  readonly relaytxes: boolean;
  readonly lastsend: number;
  readonly lastrecv: number;
  readonly last_transaction: number;
  readonly last_block: number;
  readonly bytessent: number;
  readonly bytesrecv: number;
  readonly conntime: number;
  /** Its clock less this node's. */
  readonly timeoffset: number;
  /** Missing before the first pong. */
  readonly pingtime?: number;
  readonly minping?: number;
  /** Only while a pong is awaited. */
  readonly pingwait?: number;
  readonly version: number;
  readonly subver: string;
  readonly inbound: boolean;
  readonly bip152_hb_to: boolean;
  readonly bip152_hb_from: boolean;
  readonly startingheight: number;
  /** -1 for none, as in the following. */
  readonly presynced_headers: number;
  readonly synced_headers: number;
  readonly synced_blocks: number;
  /** Heights of the blocks asked from it. */
  readonly inflight: readonly number[];
  readonly addr_relay_enabled: boolean;
  readonly addr_processed: number;
  readonly addr_rate_limited: number;
  readonly permissions: readonly string[];
  /** Bitcoins per 1000 virtual bytes. */
  readonly minfeefilter: number;
  /** By message type; all unknown ones under `*other*`. */
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
  readonly bytesrecv_per_msg: Readonly<Record<string, number>>;
  readonly connection_type: OutboundConnectionType | 'inbound' | 'manual';
  readonly transport_protocol_type: 'detecting' | 'v1' | 'v2';
  /** Empty for v1. */
  readonly session_id: string;
}

/** Bytes that came and went. */
export interface NetTotals {
  readonly totalbytesrecv: number;
  readonly totalbytessent: number;
  /** The node's clock. */
  readonly timemillis: number;
  readonly uploadtarget: {
    /** Seconds. */
    readonly timeframe: number;
    /** 0 for none. */
    readonly target: number;
    readonly target_reached: boolean;
    readonly serve_historical_blocks: boolean;
    readonly bytes_left_in_cycle: number;
    /** Seconds. */
    readonly time_left_in_cycle: number;
  };
}

/** The node's networking. Fees are in bitcoins per 1000 virtual bytes. */
export interface NetworkInfo {
  readonly version: number;
  readonly subversion: string;
  readonly protocolversion: number;
  /** 16 hex digits. */
  readonly localservices: string;
  readonly localservicesnames: readonly string[];
  readonly localrelay: boolean;
  /** Seconds. */
  readonly timeoffset: number;
  readonly networkactive: boolean;
  readonly connections: number;
  readonly connections_in: number;
  readonly connections_out: number;
  readonly networks: readonly {
    readonly name: NetworkKind;
    readonly limited: boolean;
    readonly reachable: boolean;
    readonly proxy: string;
    readonly proxy_randomize_credentials: boolean;
  }[];
  readonly relayfee: number;
  readonly incrementalfee: number;
  readonly localaddresses: readonly {
    readonly address: string;
    readonly port: number;
    readonly score: number;
  }[];
  /** One text with -deprecatedrpc=warnings. */
  readonly warnings: readonly string[];
}

/** An address of another node. */
export interface NodeAddress {
  /** When it was last seen, seconds. */
  readonly time: number;
  /** Bits, as a number. */
  readonly services: number;
  readonly address: string;
  readonly port: number;
  readonly network: NetworkName;
}

/** An entry of the address tables. */
export interface AddressTableEntry extends NodeAddress {
  /** Who told of it. */
  readonly source: string;
  readonly source_network: NetworkName;
}

export interface AddressCounts {
  readonly new: number;
  readonly tried: number;
  readonly total: number;
}

/** A node that is to stay connected. */
export interface AddedNode {
  readonly addednode: string;
  readonly connected: boolean;
  readonly addresses: readonly {
    readonly address: string;
    readonly connected: 'inbound' | 'outbound';
  }[];
}

/** A ban. Times are in seconds. */
export interface Ban {
  /** Address or subnet with its bits: `192.0.2.7/32`. */
  readonly address: string;
  readonly ban_created: number;
  readonly banned_until: number;
  readonly ban_duration: number;
  readonly time_remaining: number;
}

/** Peers, and the addresses known of others. */
export interface NetworkMethods {
  /** Number of peers. */
  getconnectioncount: [params: [], result: number];
  /** Pings all peers; times show in `getpeerinfo`. */
  ping: [params: [], result: null];
  /** All connected peers. */
  getpeerinfo: [params: [], result: readonly PeerInfo[]];
  /** Bytes that came and went. */
  getnettotals: [params: [], result: NetTotals];
  /** The state of the node's networking. */
  getnetworkinfo: [params: [], result: NetworkInfo];
  /** Switches all P2P networking on or off; gives what was set. */
  setnetworkactive: [params: [state: boolean], result: boolean];
  /** Addresses of other nodes at random: one, so many, or 0 for all. */
  getnodeaddresses: [params: [count?: number, network?: NetworkKind], result: readonly NodeAddress[]];
  /** Counts the known addresses by network. */
  getaddrmaninfo: [params: [], result: Readonly<Record<NetworkKind | 'all_networks', AddressCounts>>];
  /** Both address tables, by `bucket/position`. */
  getrawaddrman: [
    params: [],
    result: Readonly<Record<'new' | 'tried', Readonly<Record<string, AddressTableEntry>>>>,
  ];
  /** Puts an address into the tables as if it had been heard of. */
  addpeeraddress: [
    params: [address: string, port: number, tried?: boolean],
    result: { readonly success: boolean; readonly error?: string },
  ];
  /** Keeps a peer connected, ceases to, or tries it once. */
  addnode: [
    params: [node: string, command: 'add' | 'remove' | 'onetry', v2transport?: boolean],
    result: null,
  ];
  /** Opens a connection of a chosen kind. */
  addconnection: [
    params: [address: string, connection_type: OutboundConnectionType, v2transport: boolean],
    result: { readonly address: string; readonly connection_type: OutboundConnectionType },
  ];
  /** Closes the connection to a peer: by address, or by id with an empty address. */
  disconnectnode: [params: [address?: string, nodeid?: number], result: null];
  /** Nodes that are to stay connected. */
  getaddednodeinfo: [params: [node?: string], result: readonly AddedNode[]];
  /** Bans an address or a subnet for so many seconds (0: a day), or until a time with `absolute`; or lifts the ban. */
  setban: [
    params: [subnet: string, command: 'add' | 'remove', bantime?: number, absolute?: boolean],
    result: null,
  ];
  /** All bans. */
  listbanned: [params: [], result: readonly Ban[]];
  /** Lifts all bans. */
  clearbanned: [params: [], result: null];
  /** Sends a peer a message whose body is given in hex. */
  sendmsgtopeer: [params: [peer_id: number, msg_type: string, msg: string], result: EmptyObject];
}

export const NETWORK_PARAMETERS = {
  getconnectioncount: [],
  ping: [],
  getpeerinfo: [],
  getnettotals: [],
  getnetworkinfo: [],
  setnetworkactive: ['state'],
  getnodeaddresses: ['count', 'network'],
  getaddrmaninfo: [],
  getrawaddrman: [],
  addpeeraddress: ['address', 'port', 'tried'],
  addnode: ['node', 'command', 'v2transport'],
  addconnection: ['address', 'connection_type', 'v2transport'],
  disconnectnode: ['address', 'nodeid'],
  getaddednodeinfo: ['node'],
  setban: ['subnet', 'command', 'bantime', 'absolute'],
  listbanned: [],
  clearbanned: [],
  sendmsgtopeer: ['peer_id', 'msg_type', 'msg'],
} as const satisfies ParameterNames<NetworkMethods>;
