import { NO_HEADER } from '../../consensus/chain-view.js';
import { fromHex } from '../../primitives/bytes.js';
import { RpcCode, RpcError } from '../errors.js';
import { methodHelp } from '../help.js';
import type { RpcMethod } from '../method.js';

/** Characters that a P2P message's type has room for. */
const MESSAGE_TYPE_SIZE = 12;

const addnode: RpcMethod = {
  name: 'addnode',
  category: 'Network',
  description:
    'Attempts to add or remove a node from the addnode list.\nOr try a connection to a node once.\nNodes added using addnode (or -connect) are protected from DoS disconnection and are not required to be\nfull nodes/support SegWit as other outbound peers are (though such peers will not be synced from).\nAddnode connections are limited to 8 at a time and are counted separately from the -maxconnections limit.',
  params: [
    { name: 'node', type: 'string', description: 'The address of the peer to connect to' },
    {
      name: 'command',
      type: 'string',
      description:
        "'add' to add a node to the list, 'remove' to remove a node from the list, 'onetry' to try a connection to the node once",
    },
    {
      name: 'v2transport',
      type: 'bool',
      optional: true,
      description: "Attempt to connect using BIP324 v2 transport protocol (ignored for 'remove' command)",
    },
  ],
  result: 'null',
  examples: ['"192.168.0.6:8333" "onetry"'],
  run: async ({ p2p }, args) => {
    const command = args.string('command');
    if (command !== 'onetry' && command !== 'add' && command !== 'remove') {
      throw new RpcError(RpcCode.MISC_ERROR, methodHelp(addnode));
    }
    const node = args.string('node');
    if (args.bool('v2transport', false) && !p2p.localServiceNames.includes('P2P_V2')) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Error: v2transport requested but not enabled (see -v2transport)',
      );
    }
    if (command === 'onetry') await p2p.tryNode(node);
    else if (command === 'add' && !p2p.addNode(node)) {
      throw new RpcError(RpcCode.CLIENT_NODE_ALREADY_ADDED, 'Error: Node already added');
    } else if (command === 'remove' && !p2p.removeNode(node)) {
      throw new RpcError(
        RpcCode.CLIENT_NODE_NOT_ADDED,
        'Error: Node could not be removed. It has not been added previously.',
      );
    }
    return null;
  },
};

const CONNECTION_TYPES = ['outbound-full-relay', 'block-relay-only', 'addr-fetch', 'feeler'] as const;

const addconnection: RpcMethod = {
  name: 'addconnection',
  category: 'Hidden',
  description: 'Open an outbound connection to a specified node. This RPC is for testing only.',
  params: [
    { name: 'address', type: 'string', description: 'The IP address and port to attempt connecting to.' },
    {
      name: 'connection_type',
      type: 'string',
      description:
        'Type of connection to open ("outbound-full-relay", "block-relay-only", "addr-fetch" or "feeler").',
    },
    {
      name: 'v2transport',
      type: 'bool',
      description: 'Attempt to connect using BIP324 v2 transport protocol',
    },
  ],
  result: '{ "address", "connection_type" }',
  examples: ['"192.168.0.6:8333" "outbound-full-relay" true'],
  run: async ({ chain, p2p }, args) => {
    if (!chain.params.isMockable) {
      throw new RpcError(RpcCode.MISC_ERROR, 'addconnection is for regression testing (-regtest mode) only.');
    }
    const address = args.string('address');
    const wanted = args.string('connection_type').trim();
    const type = CONNECTION_TYPES.find(name => name === wanted);
    if (type === undefined) throw new RpcError(RpcCode.INVALID_PARAMETER, methodHelp(addconnection));
    if (args.bool('v2transport', false) && !p2p.localServiceNames.includes('P2P_V2')) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Error: Adding v2transport connections requires -v2transport init flag to be set.',
      );
    }
    if (await p2p.addConnection(address, type)) return { address, connection_type: type };
    throw new RpcError(
      RpcCode.CLIENT_NODE_CAPACITY_REACHED,
      'Error: Already at capacity for specified connection type.',
    );
  },
};

const disconnectnode: RpcMethod = {
  name: 'disconnectnode',
  category: 'Network',
  description:
    "Immediately disconnects from the specified peer node.\nStrictly one out of 'address' and 'nodeid' can be provided to identify the node.\nTo disconnect by nodeid, either set 'address' to the empty string, or call using the named 'nodeid' argument only.",
  params: [
    {
      name: 'address',
      type: 'string',
      optional: true,
      description: 'The IP address/port of the node (default: fallback to nodeid)',
    },
    {
      name: 'nodeid',
      type: 'number',
      optional: true,
      description: 'The node ID (see getpeerinfo for node IDs; default: fallback to address)',
    },
  ],
  result: 'null',
  examples: ['"192.168.0.6:8333"', '"" 1'],
  run: ({ p2p }, args) => {
    const address = args.optionalString('address');
    const nodeId = args.optionalInt64('nodeid');
    let found: boolean;
    if (address !== undefined && nodeId === undefined) found = p2p.disconnect({ address });
    else if (nodeId !== undefined && (address ?? '') === '') found = p2p.disconnect({ nodeId });
    else {
      throw new RpcError(RpcCode.INVALID_PARAMS, 'Only one of address and nodeid should be provided.');
    }
    if (found) return null;
    throw new RpcError(RpcCode.CLIENT_NODE_NOT_CONNECTED, 'Node not found in connected nodes');
  },
};

const getaddednodeinfo: RpcMethod = {
  name: 'getaddednodeinfo',
  category: 'Network',
  description:
    'Returns information about the given added node, or all added nodes\n(note that onetry addnodes are not listed here)',
  params: [
    {
      name: 'node',
      type: 'string',
      optional: true,
      description:
        'If provided, return information about this specific node, otherwise all nodes are returned.',
    },
  ],
  result: '[ { "addednode", "connected", "addresses": [ { "address", "connected": "inbound|outbound" } ] } ]',
  examples: ['"192.168.0.201"'],
  run: ({ p2p }, args) => {
    const wanted = args.optionalString('node');
    const nodes = p2p.addedNodes().filter(({ node }) => wanted === undefined || node === wanted);
    if (wanted !== undefined && nodes.length === 0) {
      throw new RpcError(RpcCode.CLIENT_NODE_NOT_ADDED, 'Error: Node has not been added.');
    }
    return nodes.map(({ node, connection }) => ({
      addednode: node,
      connected: connection !== undefined,
      addresses:
        connection === undefined
          ? []
          : [{ address: connection.address, connected: connection.inbound ? 'inbound' : 'outbound' }],
    }));
  },
};

const setban: RpcMethod = {
  name: 'setban',
  category: 'Network',
  description: 'Attempts to add or remove an IP/Subnet from the banned list.',
  params: [
    {
      name: 'subnet',
      type: 'string',
      description:
        'The IP/Subnet (see getpeerinfo for nodes IP) with an optional netmask (default is /32 = single IP)',
    },
    {
      name: 'command',
      type: 'string',
      description: "'add' to add an IP/Subnet to the list, 'remove' to remove an IP/Subnet from the list",
    },
    {
      name: 'bantime',
      type: 'number',
      default: 0,
      description:
        'time in seconds how long (or until when if [absolute] is set) the IP is banned (0 or empty means using the default time of 24h which can also be overwritten by the -bantime startup argument)',
    },
    {
      name: 'absolute',
      type: 'bool',
      default: false,
      description: 'If set, the bantime must be an absolute timestamp expressed in UNIX epoch time',
    },
  ],
  result: 'null',
  examples: ['"192.168.0.6" "add" 86400', '"192.168.0.0/24" "add"'],
  run: ({ p2p, clock }, args) => {
    const command = args.string('command');
    if (command !== 'add' && command !== 'remove') {
      throw new RpcError(RpcCode.MISC_ERROR, methodHelp(setban));
    }
    const subnet = args.string('subnet');
    const outcome =
      command === 'remove'
        ? p2p.unban(subnet)
        : ban(subnet, args.optionalInt64('bantime') ?? 0, args.bool('absolute', false));
    switch (outcome) {
      case 'banned':
      case 'unbanned':
        return null;
      case 'invalid':
        throw new RpcError(RpcCode.CLIENT_INVALID_IP_OR_SUBNET, 'Error: Invalid IP/Subnet');
      case 'already-banned':
        throw new RpcError(RpcCode.CLIENT_NODE_ALREADY_ADDED, 'Error: IP/Subnet already banned');
      case 'not-banned':
        throw new RpcError(
          RpcCode.CLIENT_INVALID_IP_OR_SUBNET,
          'Error: Unban failed. Requested address/subnet was not previously manually banned.',
        );
    }
    function ban(which: string, seconds: number, absolute: boolean) {
      if (absolute && seconds < clock.now()) {
        throw new RpcError(RpcCode.INVALID_PARAMETER, 'Error: Absolute timestamp is in the past');
      }
      return p2p.ban(which, seconds, absolute);
    }
  },
};

const listbanned: RpcMethod = {
  name: 'listbanned',
  category: 'Network',
  description: 'List all manually banned IPs/Subnets.',
  params: [],
  result: '[ { "address", "ban_created", "banned_until", "ban_duration", "time_remaining" } ]',
  examples: [''],
  run: ({ p2p, clock }) => {
    const now = clock.now();
    return p2p.bannedList().map(({ subnet, created, until }) => ({
      address: subnet,
      ban_created: created,
      banned_until: until,
      ban_duration: until - created,
      time_remaining: until - now,
    }));
  },
};

const clearbanned: RpcMethod = {
  name: 'clearbanned',
  category: 'Network',
  description: 'Clear all banned IPs.',
  params: [],
  result: 'null',
  examples: [''],
  run: ({ p2p }) => {
    p2p.clearBanned();
    return null;
  },
};

const sendmsgtopeer: RpcMethod = {
  name: 'sendmsgtopeer',
  category: 'Hidden',
  description:
    'Send a p2p message to a peer specified by id.\nThe message type and body must be provided, the message header will be generated.\nThis RPC is for testing only.',
  params: [
    { name: 'peer_id', type: 'number', description: 'The peer to send the message to.' },
    {
      name: 'msg_type',
      type: 'string',
      description: `The message type (maximum length ${MESSAGE_TYPE_SIZE})`,
    },
    {
      name: 'msg',
      type: 'hex',
      description: 'The serialized message body to send, in hex, without a message header',
    },
  ],
  result: '{}',
  examples: ['0 "addr" "ffffff"'],
  run: ({ p2p }, args) => {
    const peer = args.int64('peer_id');
    const type = args.string('msg_type');
    if (Buffer.byteLength(type) > MESSAGE_TYPE_SIZE) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        `Error: msg_type too long, max length is ${MESSAGE_TYPE_SIZE}`,
      );
    }
    const payload = fromHex(args.string('msg'));
    if (payload === undefined) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Error parsing input for msg');
    }
    if (p2p.sendRaw(peer, type, payload)) return {};
    throw new RpcError(RpcCode.MISC_ERROR, 'Error: Could not send message to peer');
  },
};

const getblockfrompeer: RpcMethod = {
  name: 'getblockfrompeer',
  category: 'Blockchain',
  description:
    'Attempt to fetch block from a given peer.\n\nWe must have the header for this block, e.g. using submitheader.\nThe block will not have any undo data which can limit the usage of the block data in a context where the undo data is needed.\nSubsequent calls for the same block may cause the response from the previous peer to be ignored.\nPeers generally ignore requests for a stale block that they never fully verified, or one that is more than a month old.\nWhen a peer does not respond with a block, we will disconnect.\nNote: The block could be re-pruned as soon as it is received.\n\nReturns an empty JSON object if the request was successfully scheduled.',
  params: [
    { name: 'blockhash', type: 'hex', description: 'The block hash to try to fetch' },
    {
      name: 'peer_id',
      type: 'number',
      description: 'The peer to fetch it from (see getpeerinfo for peer IDs)',
    },
  ],
  result: '{}',
  examples: ['"00000000c937983704a73af28acdec37b049d214adbda81d7e2a3dd146f6ed09" 0'],
  run: ({ chain, p2p }, args) => {
    const hash = args.hash('blockhash');
    const peer = args.int64('peer_id');
    const id = chain.headers.find(hash);
    if (id === NO_HEADER) throw new RpcError(RpcCode.MISC_ERROR, 'Block header missing');
    if (chain.headers.hasData(id)) throw new RpcError(RpcCode.MISC_ERROR, 'Block already downloaded');
    const obstacle = p2p.fetchBlock(peer, id);
    if (obstacle !== undefined) throw new RpcError(RpcCode.MISC_ERROR, obstacle);
    return {};
  },
};

/** Single peers: connecting, disconnecting, banning, talking to them. */
export const connectionMethods: readonly RpcMethod[] = [
  addnode,
  addconnection,
  disconnectnode,
  getaddednodeinfo,
  setban,
  listbanned,
  clearbanned,
  sendmsgtopeer,
  getblockfrompeer,
];
