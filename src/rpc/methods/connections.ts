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
    'Keeps a peer on the list of nodes that we stay connected to, takes it off, or tries it once.\nUp to 8 such connections are held, outside of -maxconnections. Peers given here or by -connect are not dropped for misbehaviour; they may lack services, but then we do not sync from them.',
  params: [
    { name: 'node', type: 'string', description: 'Address of the peer: host, or host:port' },
    {
      name: 'command',
      type: 'string',
      description:
        '"add" puts it on the list, "remove" takes it off, "onetry" connects once without listing it',
    },
    {
      name: 'v2transport',
      type: 'bool',
      optional: true,
      description:
        'Begin with the encrypted transport of BIP 324, which -v2transport must allow; means nothing for "remove"',
    },
  ],
  result: 'null',
  examples: ['"192.0.2.7:8333" "onetry"'],
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
  description: 'Opens a connection of a chosen type. For tests, on regtest only.',
  params: [
    { name: 'address', type: 'string', description: 'Where the peer listens: address:port' },
    {
      name: 'connection_type',
      type: 'string',
      description: 'Kind of connection: outbound-full-relay, block-relay-only, addr-fetch or feeler',
    },
    {
      name: 'v2transport',
      type: 'bool',
      description: 'Begin with the encrypted transport of BIP 324',
    },
  ],
  result: '{ "address", "connection_type" }',
  examples: ['"192.0.2.7:8333" "outbound-full-relay" true'],
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
    'Closes the connection to one peer, named by address or by id but not both.\nWith an id as the second positional argument, the address is "".',
  params: [
    {
      name: 'address',
      type: 'string',
      optional: true,
      description:
        'Address and port of the peer, as getpeerinfo shows them (default: the peer is named by nodeid)',
    },
    {
      name: 'nodeid',
      type: 'number',
      optional: true,
      description: 'Id of the peer, from getpeerinfo (default: the peer is named by address)',
    },
  ],
  result: 'null',
  examples: ['"192.0.2.7:8333"', '"" 1'],
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
    'Lists the nodes that addnode or -addnode put on the list, and whether we are connected to them. "onetry" does not put on the list.',
  params: [
    {
      name: 'node',
      type: 'string',
      optional: true,
      description: 'Show only this node, as it was written when it was added (default: all)',
    },
  ],
  result: '[ { "addednode", "connected", "addresses": [ { "address", "connected": "inbound|outbound" } ] } ]',
  examples: ['"192.0.2.7"'],
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
  description: 'Bans an address or a subnet, or lifts a ban.',
  params: [
    {
      name: 'subnet',
      type: 'string',
      description: 'IP address, or subnet as address/bits or address/mask; a bare address means itself alone',
    },
    {
      name: 'command',
      type: 'string',
      description: '"add" to ban, "remove" to lift the ban',
    },
    {
      name: 'bantime',
      type: 'number',
      default: 0,
      description:
        'How long the ban holds in seconds, or with absolute until when; 0 means as long as -bantime says, a day where it is not set',
    },
    {
      name: 'absolute',
      type: 'bool',
      default: false,
      description: 'bantime is a point in time, in seconds since 1970',
    },
  ],
  result: 'null',
  examples: ['"192.0.2.7" "add" 86400', '"192.0.2.0/24" "add"'],
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
  description: 'Lists the banned addresses and subnets; times are in seconds.',
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
  description: 'Lifts all bans.',
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
  description: 'Sends one P2P message with any body to a peer; the header is made for it. For tests.',
  params: [
    { name: 'peer_id', type: 'number', description: 'Id of the peer, from getpeerinfo' },
    {
      name: 'msg_type',
      type: 'string',
      description: `Type of the message, ${MESSAGE_TYPE_SIZE} characters at most`,
    },
    {
      name: 'msg',
      type: 'hex',
      description: 'Body of the message, in hex',
    },
  ],
  result: '{}',
  examples: ['3 "verack" ""'],
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
    "Asks one peer for a block whose header we have (submitheader brings one in). The answer only says that the request was sent.\nAsked again of another peer, the first one's block may be thrown away. Peers seldom serve stale blocks that they did not fully check or that are older than a month; one that does not answer is disconnected.",
  params: [
    { name: 'blockhash', type: 'hex', description: 'Hash of the block' },
    {
      name: 'peer_id',
      type: 'number',
      description: 'Id of the peer, from getpeerinfo',
    },
  ],
  result: '{}',
  examples: ['"blockhash" 3'],
  run: ({ chain, p2p }, args) => {
    const hash = args.hash('blockhash');
    const peer = args.int64('peer_id');
    const id = chain.headers.find(hash);
    if (id === NO_HEADER) throw new RpcError(RpcCode.MISC_ERROR, 'Block header missing');
    if (chain.pruneTarget !== undefined && chain.headers.height(id) > chain.height) {
      throw new RpcError(
        RpcCode.MISC_ERROR,
        'In prune mode, only blocks that the node has already synced previously can be fetched from a peer',
      );
    }
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
