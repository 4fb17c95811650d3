import type { AddressCounts, PeerInfo } from '../../net/api.js';
import { NETWORK_KINDS } from '../../net/network-name.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { warningsView } from './blockchain.js';

const getconnectioncount: RpcMethod = {
  name: 'getconnectioncount',
  category: 'Network',
  description: 'Counts the peers that we are connected to.',
  params: [],
  result: 'n    (numeric) number of peers',
  examples: [''],
  run: ({ p2p }) => p2p.connectionCounts().total,
};

const ping: RpcMethod = {
  name: 'ping',
  category: 'Network',
  description:
    'Sends each peer a ping. Round-trip times appear in getpeerinfo as "pingtime" and "pingwait", in seconds.\nA peer answers in turn, so the time includes the work that lies before it at both ends.',
  params: [],
  result: 'null',
  examples: [''],
  run: ({ p2p }) => {
    p2p.ping();
    return null;
  },
};

const getpeerinfo: RpcMethod = {
  name: 'getpeerinfo',
  category: 'Network',
  description: 'Describes each connected peer: addresses, services, traffic in bytes, times in seconds.',
  params: [],
  result:
    '[ { "id", "addr", "addrbind", "addrlocal", "network" (ipv4, ipv6, onion, i2p, cjdns, not_publicly_routable), "services", "servicesnames", "relaytxes", "lastsend", "lastrecv", "last_transaction", "last_block", "bytessent", "bytesrecv", "conntime", "timeoffset", "pingtime", "minping", "pingwait", "version", "subver", "inbound", "bip152_hb_to", "bip152_hb_from", "startingheight", "presynced_headers", "synced_headers", "synced_blocks", "inflight", "addr_relay_enabled", "addr_processed", "addr_rate_limited", "permissions", "minfeefilter", "bytessent_per_msg", "bytesrecv_per_msg", "connection_type", "transport_protocol_type", "session_id" } ]',
  examples: [''],
  run: ({ p2p }) => p2p.peers().map(peerView),
};

function peerView(peer: PeerInfo): JsonValue {
  return {
    id: peer.id,
    addr: peer.addr,
    addrbind: peer.addrBind,
    addrlocal: peer.addrLocal,
    network: peer.network,
    services: servicesHex(peer.services),
    servicesnames: peer.serviceNames,
    relaytxes: peer.relayTxs,
    lastsend: peer.lastSend,
    lastrecv: peer.lastRecv,
    last_transaction: peer.lastTransaction,
    last_block: peer.lastBlock,
    bytessent: peer.bytesSent,
    bytesrecv: peer.bytesRecv,
    conntime: peer.connTime,
    timeoffset: peer.timeOffset,
    pingtime: seconds(peer.pingTimeMs),
    minping: seconds(peer.minPingMs),
    pingwait: seconds(peer.pingWaitMs),
    version: peer.version,
    subver: peer.subVersion,
    inbound: peer.inbound,
    bip152_hb_to: peer.bip152HighBandwidthTo,
    bip152_hb_from: peer.bip152HighBandwidthFrom,
    startingheight: peer.startingHeight,
    presynced_headers: peer.presyncedHeaders,
    synced_headers: peer.syncedHeaders,
    synced_blocks: peer.syncedBlocks,
    inflight: peer.inFlight,
    addr_relay_enabled: peer.addrRelayEnabled,
    addr_processed: peer.addrProcessed,
    addr_rate_limited: peer.addrRateLimited,
    permissions: peer.permissions,
    minfeefilter: amount(peer.minFeeFilter),
    bytessent_per_msg: Object.fromEntries(peer.bytesSentPerMessage),
    bytesrecv_per_msg: Object.fromEntries(peer.bytesRecvPerMessage),
    connection_type: peer.connectionType,
    transport_protocol_type: peer.transport,
    session_id: peer.sessionId,
  };
}

/** Seconds, with the microseconds that Core counts. */
function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1e6;
}

/** Service bits as 16 hex digits. */
function servicesHex(services: bigint): string {
  return services.toString(16).padStart(16, '0');
}

const getnettotals: RpcMethod = {
  name: 'getnettotals',
  category: 'Network',
  description:
    'Tells how many bytes came and went, the time in milliseconds, and how the upload target stands.',
  params: [],
  result:
    '{ "totalbytesrecv", "totalbytessent", "timemillis", "uploadtarget": { "timeframe", "target", "target_reached", "serve_historical_blocks", "bytes_left_in_cycle", "time_left_in_cycle" } }',
  examples: [''],
  run: ({ p2p, clock }) => {
    const { bytesReceived, bytesSent, uploadTarget } = p2p.totals();
    return {
      totalbytesrecv: bytesReceived,
      totalbytessent: bytesSent,
      timemillis: clock.nowMs(),
      uploadtarget: {
        timeframe: uploadTarget.timeframe,
        target: uploadTarget.target,
        target_reached: uploadTarget.targetReached,
        serve_historical_blocks: uploadTarget.serveHistoricalBlocks,
        bytes_left_in_cycle: uploadTarget.bytesLeftInCycle,
        time_left_in_cycle: uploadTarget.timeLeftInCycle,
      },
    };
  },
};

const getnetworkinfo: RpcMethod = {
  name: 'getnetworkinfo',
  category: 'Network',
  description:
    "Tells the state of the node's networking: versions, services, reachable networks, own addresses, relay fees in BTC/kvB.",
  params: [],
  result:
    '{ "version", "subversion", "protocolversion", "localservices", "localservicesnames", "localrelay", "timeoffset", "networkactive", "connections", "connections_in", "connections_out", "networks": [ { "name" (ipv4, ipv6, onion, i2p, cjdns), "limited", "reachable", "proxy", "proxy_randomize_credentials" } ], "relayfee", "incrementalfee", "localaddresses": [ { "address", "port", "score" } ], "warnings" }',
  examples: [''],
  run: context => {
    const { p2p, mempool, clientVersion } = context;
    const counts = p2p.connectionCounts();
    const { minRelayFeeRate, incrementalFeeRate } = mempool.info();
    return {
      version: clientVersion,
      subversion: p2p.subversion,
      protocolversion: p2p.protocolVersion,
      localservices: servicesHex(p2p.localServices),
      localservicesnames: p2p.localServiceNames,
      localrelay: p2p.relaysTransactions,
      timeoffset: p2p.timeOffset,
      networkactive: p2p.networkActive,
      connections: counts.total,
      connections_in: counts.inbound,
      connections_out: counts.outbound,
      networks: p2p.networks.map(({ name, limited, reachable }) => ({
        name,
        limited,
        reachable,
        proxy: '',
        proxy_randomize_credentials: false,
      })),
      relayfee: amount(minRelayFeeRate),
      incrementalfee: amount(incrementalFeeRate),
      localaddresses: p2p.localAddresses.map(({ address, port, score }) => ({ address, port, score })),
      warnings: warningsView(context),
    };
  },
};

const setnetworkactive: RpcMethod = {
  name: 'setnetworkactive',
  category: 'Network',
  description: 'Switches all P2P networking on or off.',
  params: [{ name: 'state', type: 'bool', description: 'true for on, false for off' }],
  result: 'true|false    (boolean) what was set',
  run: ({ p2p }, args) => {
    p2p.setNetworkActive(args.bool('state', true));
    return p2p.networkActive;
  },
};

const getnodeaddresses: RpcMethod = {
  name: 'getnodeaddresses',
  category: 'Network',
  description:
    'Gives addresses of other nodes that we have heard of, at random and without those that look dead; there may be more.',
  params: [
    {
      name: 'count',
      type: 'number',
      default: 1,
      description: 'At most so many addresses; 0 for all',
    },
    {
      name: 'network',
      type: 'string',
      optional: true,
      description: `Only addresses of this network: ${NETWORK_KINDS.join(', ')} (default: all)`,
    },
  ],
  result: `[ { "time", "services", "address", "port", "network" (${NETWORK_KINDS.join(', ')}) } ]`,
  examples: ['8', '20 "onion"'],
  run: ({ p2p }, args) => {
    const count = args.optionalInt('count') ?? 1;
    if (count < 0) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Address count out of range');
    const wanted = args.optionalString('network');
    const network = NETWORK_KINDS.find(name => name === wanted?.toLowerCase());
    if (wanted !== undefined && network === undefined) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `Network not recognized: ${wanted}`);
    }
    return p2p.nodeAddresses(count, network).map(known => ({
      time: known.time,
      services: known.services,
      address: known.address,
      port: known.port,
      network: known.network,
    }));
  },
};

const getaddrmaninfo: RpcMethod = {
  name: 'getaddrmaninfo',
  category: 'Network',
  description:
    'Counts the addresses we know by network, and in each by table: "new" were heard of, "tried" were connected to.',
  params: [],
  result: '{ "network": { "new", "tried", "total" }, …, "all_networks": { … } }',
  examples: [''],
  run: ({ p2p }) => {
    const view = (counts: AddressCounts) => ({
      new: counts.new,
      tried: counts.tried,
      total: counts.total,
    });
    return {
      ...Object.fromEntries(NETWORK_KINDS.map(network => [network, view(p2p.addressCounts(network))])),
      all_networks: view(p2p.addressCounts()),
    };
  },
};

const getrawaddrman: RpcMethod = {
  name: 'getrawaddrman',
  category: 'Hidden',
  description:
    'Dumps both address tables, entry by entry with bucket and position. For debugging; the form may change.',
  params: [],
  result:
    '{ "new": { "bucket/position": { "address", "port", "services", "time", "network", "source", "source_network" } }, "tried": { … } }',
  examples: [''],
  run: ({ p2p }) => {
    const tables = p2p.rawAddresses();
    return { new: addressTable(tables.new), tried: addressTable(tables.tried) };
  },
};

function addressTable(entries: ReturnType<RpcContext['p2p']['rawAddresses']>['new']): JsonValue {
  return Object.fromEntries(
    entries.map(entry => [
      `${entry.bucket}/${entry.position}`,
      {
        address: entry.address,
        port: entry.port,
        services: entry.services,
        time: entry.time,
        network: entry.network,
        source: entry.source,
        source_network: entry.sourceNetwork,
      },
    ]),
  );
}

const addpeeraddress: RpcMethod = {
  name: 'addpeeraddress',
  category: 'Hidden',
  description: 'Puts an address into our tables as if we had heard of it. For tests.',
  params: [
    { name: 'address', type: 'string', description: 'IP address of the made-up peer' },
    { name: 'port', type: 'number', description: 'Its port' },
    {
      name: 'tried',
      type: 'bool',
      default: false,
      description: 'Move it on to the "tried" table',
    },
  ],
  result: '{ "success": true|false, "error": "str" }',
  examples: ['"192.0.2.7" 8333 true'],
  run: ({ p2p }, args) => {
    const port = args.integer('port', 0, 65535);
    const outcome = p2p.addPeerAddress(args.string('address'), port, args.bool('tried', false));
    if (outcome === 'added') return { success: true };
    return outcome === 'invalid' ? { success: false } : { error: outcome, success: false };
  },
};

/** The network as a whole, and the addresses known of it. */
export const networkMethods: readonly RpcMethod[] = [
  getconnectioncount,
  ping,
  getpeerinfo,
  getnettotals,
  getnetworkinfo,
  setnetworkactive,
  getnodeaddresses,
  getaddrmaninfo,
  getrawaddrman,
  addpeeraddress,
];
