import type { NetworkKind } from './network-name.js';

/**
 * Settings of the peer-to-peer side, one field for every option of the daemon. Addresses and grammars are the options'
 * own texts; `start()` parses them and throws StartError with Core's sentence where one is wrong.
 */
export interface NetOptions {
  /** Directory for `peers.dat`, `banlist.json` and `anchors.dat` (the network's own); undefined keeps nothing. */
  readonly dataDir?: string | undefined;

  /** -listen (default true). */
  readonly listen: boolean;
  /** -port; 0 asks the system for a free one. */
  readonly port: number;
  /** -bind=<addr>[:<port>][=onion]. */
  readonly bind: readonly string[];
  /** -whitebind=<[permissions@]addr:port>. */
  readonly whitebind: readonly string[];
  /** -whitelist=<[permissions@]subnet>. */
  readonly whitelist: readonly string[];
  /** -whitelistrelay and -whitelistforcerelay: what a whitelist without permissions means. */
  readonly whitelistRelay: boolean;
  readonly whitelistForceRelay: boolean;
  /** -externalip=<addr[:port]>. */
  readonly externalIp: readonly string[];
  /** -discover. */
  readonly discover: boolean;

  /** -connect: only these; undefined opens automatic connections, an empty list (-noconnect) opens none. */
  readonly connect: readonly string[] | undefined;
  /** -addnode. */
  readonly addNode: readonly string[];
  /** -seednode. */
  readonly seedNode: readonly string[];
  /** -maxconnections (default 125). */
  readonly maxConnections: number;
  /** -onlynet; empty means all. */
  readonly onlyNet: readonly NetworkKind[];
  /** -dns, -dnsseed, -forcednsseed, -fixedseeds. Names are never looked up on regtest. */
  readonly dns: boolean;
  readonly dnsSeed: boolean;
  readonly forceDnsSeed: boolean;
  readonly fixedSeeds: boolean;
  /** -networkactive. */
  readonly networkActive: boolean;

  /** -timeout: milliseconds to wait for a connection. */
  readonly connectTimeoutMs: number;
  /** -peertimeout: seconds until a silent or unfinished handshake ends the connection. */
  readonly peerTimeout: number;
  /** -bantime: seconds of a ban that names no time. */
  readonly banTime: number;
  /** -maxreceivebuffer and -maxsendbuffer in bytes (the option times 1000). */
  readonly maxReceiveBuffer: number;
  readonly maxSendBuffer: number;
  /** -maxuploadtarget: bytes in 24 hours, 0 for no limit. */
  readonly maxUploadTarget: number;

  /** -blocksonly. */
  readonly blocksOnly: boolean;
  /** -maxorphantx. */
  readonly maxOrphanTransactions: number;
  /** -peerbloomfilters and -peerblockfilters: which services are offered. */
  readonly peerBloomFilters: boolean;
  readonly peerBlockFilters: boolean;
  /** -v2transport: offer BIP324. */
  readonly v2Transport: boolean;
  /** The node keeps only recent blocks (-prune): NODE_NETWORK is not offered. */
  readonly pruned: boolean;
  /** -uacomment. */
  readonly uaComments: readonly string[];
  /** -capturemessages. */
  readonly captureMessages: boolean;
  /** -maxtipage in seconds: how old a tip may be for addresses to be announced and headers to be served. */
  readonly maxTipAge: number;
  /** Randomness from a fixed seed, so that tests see the same choices (-test=addrman and simulations). */
  readonly deterministicSeed?: number | undefined;
}

/** Core's defaults. */
export const DEFAULT_NET_OPTIONS: NetOptions = {
  listen: true,
  port: 0,
  bind: [],
  whitebind: [],
  whitelist: [],
  whitelistRelay: true,
  whitelistForceRelay: false,
  externalIp: [],
  discover: true,
  connect: undefined,
  addNode: [],
  seedNode: [],
  maxConnections: 125,
  onlyNet: [],
  dns: true,
  dnsSeed: true,
  forceDnsSeed: false,
  fixedSeeds: true,
  networkActive: true,
  connectTimeoutMs: 5000,
  peerTimeout: 60,
  banTime: 86_400,
  maxReceiveBuffer: 5_000_000,
  maxSendBuffer: 1_000_000,
  maxUploadTarget: 0,
  blocksOnly: false,
  maxOrphanTransactions: 100,
  peerBloomFilters: false,
  peerBlockFilters: false,
  v2Transport: false,
  pruned: false,
  uaComments: [],
  captureMessages: false,
  maxTipAge: 86_400,
};
