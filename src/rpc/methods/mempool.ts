import type { MempoolEntry } from '../../mempool/mempool.js';
import { compareBytes, hashKey, hashToHex } from '../../primitives/bytes.js';
import { outPointKey } from '../../primitives/outpoint.js';
import { asInteger, asObject, checkObject, parseHash } from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';
import { mempoolEntriesView, mempoolEntryView, sortedByTxid } from '../views/mempool.js';

const TXID: Param = { name: 'txid', type: 'hex', description: 'Id of a transaction in the mempool' };
const VERBOSE: Param = {
  name: 'verbose',
  type: 'bool',
  default: false,
  description: "true for each transaction's data, false for txids only",
};
const ENTRY_RESULT =
  '{ "vsize", "weight", "time", "height", "descendantcount", "descendantsize", "ancestorcount", "ancestorsize", "wtxid", "fees": { "base", "modified", "ancestor", "descendant" }, "depends": [ … ], "spentby": [ … ], "bip125-replaceable", "unbroadcast" }';

const getrawmempool: RpcMethod = {
  name: 'getrawmempool',
  category: 'Blockchain',
  description: 'Lists the transactions of the mempool. For a single one, getmempoolentry is cheaper.',
  params: [
    VERBOSE,
    {
      name: 'mempool_sequence',
      type: 'bool',
      default: false,
      description: "Give txids together with the mempool's sequence number; not with verbose",
    },
  ],
  result: `[ "hex", … ], or with verbose { "txid": ${ENTRY_RESULT} }, or { "txids": [ … ], "mempool_sequence": n }`,
  examples: ['true'],
  run: ({ mempool }, args) => {
    const verbose = args.bool('verbose', false);
    const withSequence = args.bool('mempool_sequence', false);
    if (verbose && withSequence) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Verbose results cannot contain mempool sequence values.',
      );
    }
    const view = mempoolEntriesView(mempool, mempool.entriesByDepthAndScore(), verbose);
    return withSequence ? { txids: view, mempool_sequence: mempool.sequence } : view;
  },
};

const getmempoolinfo: RpcMethod = {
  name: 'getmempoolinfo',
  category: 'Blockchain',
  description:
    'Tells how full the mempool is and which limits and fee rates it goes by.\nSizes are in bytes, fees in BTC, fee rates in BTC/kvB.',
  params: [],
  result:
    '{ "loaded", "size", "bytes", "usage", "total_fee", "maxmempool", "mempoolminfee", "minrelaytxfee", "incrementalrelayfee", "unbroadcastcount", "fullrbf" }',
  examples: [''],
  run: ({ mempool }) => {
    const info = mempool.info();
    return {
      loaded: mempool.loaded,
      size: info.count,
      bytes: info.bytes,
      usage: info.usage,
      total_fee: amount(info.totalFee),
      maxmempool: info.maxBytes,
      mempoolminfee: amount(info.minFeeRate),
      minrelaytxfee: amount(info.minRelayFeeRate),
      incrementalrelayfee: amount(info.incrementalFeeRate),
      unbroadcastcount: info.unbroadcastCount,
      fullrbf: info.fullRbf,
    };
  },
};

/** @param txid as given, under Core's name for it in errors */
function requireEntry({ mempool }: RpcContext, txid: unknown): MempoolEntry {
  const entry = mempool.get(hashKey(parseHash(txid, 'parameter 1')));
  if (entry === undefined) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Transaction not in mempool');
  return entry;
}

const getmempoolentry: RpcMethod = {
  name: 'getmempoolentry',
  category: 'Blockchain',
  description: 'Gives what the mempool knows of one transaction: size, fees in BTC, relatives.',
  params: [TXID],
  result: ENTRY_RESULT,
  examples: ['"txid"'],
  run: (context, args) => mempoolEntryView(context.mempool, requireEntry(context, args.raw('txid'))),
};

const getmempoolancestors: RpcMethod = {
  name: 'getmempoolancestors',
  category: 'Blockchain',
  description: 'Lists all unconfirmed transactions that the given one builds on.',
  params: [TXID, VERBOSE],
  result: `[ "hex", … ], or with verbose { "txid": ${ENTRY_RESULT} }`,
  examples: ['"txid"'],
  run: (context, args) => {
    const { mempool } = context;
    const ancestors = mempool.ancestors(requireEntry(context, args.raw('txid')));
    return mempoolEntriesView(mempool, sortedByTxid(ancestors), args.bool('verbose', false));
  },
};

const getmempooldescendants: RpcMethod = {
  name: 'getmempooldescendants',
  category: 'Blockchain',
  description: 'Lists all unconfirmed transactions that build on the given one.',
  params: [TXID, VERBOSE],
  result: `[ "hex", … ], or with verbose { "txid": ${ENTRY_RESULT} }`,
  examples: ['"txid"'],
  run: (context, args) => {
    const { mempool } = context;
    const descendants = mempool.descendants(requireEntry(context, args.raw('txid')));
    return mempoolEntriesView(mempool, sortedByTxid(descendants), args.bool('verbose', false));
  },
};

const gettxspendingprevout: RpcMethod = {
  name: 'gettxspendingprevout',
  category: 'Blockchain',
  description: 'Tells for each given output which transaction of the mempool spends it, if any does.',
  params: [
    {
      name: 'outputs',
      type: 'array',
      description: 'Outputs to look for: objects of "txid" and "vout"',
    },
  ],
  result: '[ { "txid", "vout", "spendingtxid" } ]',
  examples: ['\'[{"txid":"…","vout":1}]\''],
  run: ({ mempool }, args) => {
    const outputs = args.array('outputs');
    if (outputs.length === 0) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid parameter, outputs are missing');
    }
    const prevouts = outputs.map(value => {
      const output = asObject(value);
      checkObject(output, { txid: 'string', vout: 'number' }, { allowNull: false, strict: true });
      const vout = asInteger(output.vout, -(2 ** 31), 2 ** 31 - 1);
      const txid = parseHash(output.txid, 'txid');
      if (vout < 0) {
        throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid parameter, vout cannot be negative');
      }
      return { txid, vout };
    });
    return prevouts.map(({ txid, vout }) => {
      const spender = mempool.spender(outPointKey(txid, vout));
      return {
        txid: hashToHex(txid),
        vout,
        spendingtxid: spender === undefined ? undefined : hashToHex(spender.tx.txid),
      };
    });
  },
};

const prioritisetransaction: RpcMethod = {
  name: 'prioritisetransaction',
  category: 'Mining',
  description:
    'Lets a transaction count as paying more or less than it does when blocks are filled and the mempool is trimmed.',
  params: [
    { name: 'txid', type: 'hex', description: 'Id of the transaction; it need not have come in yet' },
    {
      name: 'dummy',
      type: 'number',
      optional: true,
      description:
        'Must be 0 or null; a leftover of older interfaces. Name the other arguments and leave it out.',
    },
    {
      name: 'fee_delta',
      type: 'number',
      description:
        'Satoshis to add to the fee, negative to take away: an amount, not a rate. Nobody pays it; it only moves the transaction in our order. Calls add up.',
    },
  ],
  result: 'true|false    (boolean) always true',
  examples: ['"txid" 0 5000'],
  run: ({ mempool }, args) => {
    const txid = args.hash('txid');
    const delta = args.int64('fee_delta');
    if (args.has('dummy') && args.number('dummy') !== 0) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Priority is no longer supported, dummy argument to prioritisetransaction must be 0.',
      );
    }
    mempool.prioritise(txid, delta);
    return true;
  },
};

const getprioritisedtransactions: RpcMethod = {
  name: 'getprioritisedtransactions',
  category: 'Mining',
  description:
    'Lists the transactions that prioritisetransaction touched, with their deltas in satoshis and whether they are in the mempool.',
  params: [],
  result: '{ "txid": { "fee_delta", "in_mempool", "modified_fee" } }',
  examples: [''],
  run: ({ mempool }) =>
    Object.fromEntries(
      mempool
        .prioritisations()
        .sort((a, b) => compareBytes(a.txid, b.txid))
        .map(({ txid, delta, entry }) => [
          hashToHex(txid),
          { fee_delta: delta, in_mempool: entry !== undefined, modified_fee: entry?.modifiedFee },
        ]),
    ),
};

const savemempool: RpcMethod = {
  name: 'savemempool',
  category: 'Blockchain',
  description: 'Writes the mempool to disk now. Fails while the file of the last run is still being read.',
  params: [],
  result: '{ "filename": "str" }',
  examples: [''],
  run: async ({ mempool, mempoolFile }) => {
    if (!mempool.loaded) throw new RpcError(RpcCode.MISC_ERROR, 'The mempool was not loaded yet');
    if (!(await mempool.save())) throw new RpcError(RpcCode.MISC_ERROR, 'Unable to dump mempool to disk');
    return { filename: mempoolFile };
  },
};

const importmempool: RpcMethod = {
  name: 'importmempool',
  category: 'Blockchain',
  description:
    'Reads a file in the format of mempool.dat and offers its transactions to our mempool.\nTake files only from those you trust, the more so when their fee deltas or their unbroadcast list are taken over.',
  params: [
    { name: 'filepath', type: 'string', description: 'Path of the file' },
    {
      name: 'options',
      type: 'named-options',
      optional: true,
      description: '',
      members: [
        {
          name: 'use_current_time',
          type: 'bool',
          default: true,
          description: 'Count the transactions as received now, rather than at the time that the file tells',
        },
        {
          name: 'apply_fee_delta_priority',
          type: 'bool',
          default: false,
          description: "Take over the file's fee deltas; they add to those already set here",
        },
        {
          name: 'apply_unbroadcast_set',
          type: 'bool',
          default: false,
          description: "Take over the file's list of transactions that no peer has asked for yet",
        },
      ],
    },
  ],
  result: '{}',
  examples: ['"/backup/mempool.dat"'],
  run: async ({ chain, mempool }, args) => {
    if (chain.isInitialBlockDownload) {
      throw new RpcError(
        RpcCode.CLIENT_IN_INITIAL_DOWNLOAD,
        'Can only import the mempool after the block download and sync is done.',
      );
    }
    const options = args.options('options');
    checkObject(
      options,
      { use_current_time: 'bool', apply_fee_delta_priority: 'bool', apply_unbroadcast_set: 'bool' },
      { strict: false },
    );
    const imported = await mempool.importFile(args.string('filepath'), {
      useCurrentTime: (options.use_current_time ?? true) === true,
      applyFeeDeltas: options.apply_fee_delta_priority === true,
      applyUnbroadcast: options.apply_unbroadcast_set === true,
    });
    if (imported) return {};
    throw new RpcError(RpcCode.MISC_ERROR, 'Unable to import mempool file, see debug.log for details.');
  },
};

/** Looking into the mempool, and what may be changed of it without sending. */
export const mempoolMethods: readonly RpcMethod[] = [
  getrawmempool,
  getmempoolinfo,
  getmempoolentry,
  getmempoolancestors,
  getmempooldescendants,
  gettxspendingprevout,
  prioritisetransaction,
  getprioritisedtransactions,
  savemempool,
  importmempool,
];
