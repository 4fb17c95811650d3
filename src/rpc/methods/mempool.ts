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

const TXID: Param = { name: 'txid', type: 'hex', description: 'The transaction id (must be in mempool)' };
const VERBOSE: Param = {
  name: 'verbose',
  type: 'bool',
  default: false,
  description: 'True for a json object, false for array of transaction ids',
};
const ENTRY_RESULT =
  '{ "vsize", "weight", "time", "height", "descendantcount", "descendantsize", "ancestorcount", "ancestorsize", "wtxid", "fees": { "base", "modified", "ancestor", "descendant" }, "depends": [ … ], "spentby": [ … ], "bip125-replaceable", "unbroadcast" }';

const getrawmempool: RpcMethod = {
  name: 'getrawmempool',
  category: 'Blockchain',
  description:
    'Returns all transaction ids in memory pool as a json array of string transaction ids.\nHint: use getmempoolentry to fetch a specific transaction from the mempool.',
  params: [
    VERBOSE,
    {
      name: 'mempool_sequence',
      type: 'bool',
      default: false,
      description:
        'If verbose=false, returns a json object with transaction list and mempool sequence number attached.',
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
  description: 'Returns details on the active state of the TX memory pool.',
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
  description: 'Returns mempool data for given transaction',
  params: [TXID],
  result: ENTRY_RESULT,
  examples: ['"mytxid"'],
  run: (context, args) => mempoolEntryView(context.mempool, requireEntry(context, args.raw('txid'))),
};

const getmempoolancestors: RpcMethod = {
  name: 'getmempoolancestors',
  category: 'Blockchain',
  description: 'If txid is in the mempool, returns all in-mempool ancestors.',
  params: [TXID, VERBOSE],
  result: `[ "hex", … ], or with verbose { "txid": ${ENTRY_RESULT} }`,
  examples: ['"mytxid"'],
  run: (context, args) => {
    const { mempool } = context;
    const ancestors = mempool.ancestors(requireEntry(context, args.raw('txid')));
    return mempoolEntriesView(mempool, sortedByTxid(ancestors), args.bool('verbose', false));
  },
};

const getmempooldescendants: RpcMethod = {
  name: 'getmempooldescendants',
  category: 'Blockchain',
  description: 'If txid is in the mempool, returns all in-mempool descendants.',
  params: [TXID, VERBOSE],
  result: `[ "hex", … ], or with verbose { "txid": ${ENTRY_RESULT} }`,
  examples: ['"mytxid"'],
  run: (context, args) => {
    const { mempool } = context;
    const descendants = mempool.descendants(requireEntry(context, args.raw('txid')));
    return mempoolEntriesView(mempool, sortedByTxid(descendants), args.bool('verbose', false));
  },
};

const gettxspendingprevout: RpcMethod = {
  name: 'gettxspendingprevout',
  category: 'Blockchain',
  description: 'Scans the mempool to find transactions spending any of the given outputs',
  params: [
    {
      name: 'outputs',
      type: 'array',
      description:
        'The transaction outputs that we want to check, and within each, the txid (string) vout (numeric).',
    },
  ],
  result: '[ { "txid", "vout", "spendingtxid" } ]',
  examples: ['\'[{"txid":"a08e6907dbbd3d809776dbfc5d82e371b764ed838b5655e72f463568df1aadf0","vout":3}]\''],
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
  description: 'Accepts the transaction into mined blocks at a higher (or lower) priority',
  params: [
    { name: 'txid', type: 'hex', description: 'The transaction id.' },
    {
      name: 'dummy',
      type: 'number',
      optional: true,
      description:
        'API-Compatibility for previous API. Must be zero or null.\nDEPRECATED. For forward compatibility use named arguments and omit this parameter.',
    },
    {
      name: 'fee_delta',
      type: 'number',
      description:
        'The fee value (in satoshis) to add (or subtract, if negative).\nNote, that this value is not a fee rate. It is a value to modify absolute fee of the TX.\nThe fee is not actually paid, only the algorithm for selecting transactions into a block\nconsiders the transaction as it would have paid a higher (or lower) fee.',
    },
  ],
  result: 'true|false    (boolean) Returns true',
  examples: ['"txid" 0.0 10000'],
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
    'Returns a map of all user-created (see prioritisetransaction) fee deltas by txid, and whether the tx is present in mempool.',
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
  description: 'Dumps the mempool to disk. It will fail until the previous dump is fully loaded.',
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
    'Import a mempool.dat file and attempt to add its contents to the mempool.\nWarning: Importing untrusted files is dangerous, especially if metadata from the file is taken over.',
  params: [
    { name: 'filepath', type: 'string', description: 'The mempool file' },
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
          description:
            'Whether to use the current system time or use the entry time metadata from the mempool file.',
        },
        {
          name: 'apply_fee_delta_priority',
          type: 'bool',
          default: false,
          description:
            'Whether to apply the fee delta metadata from the mempool file.\nIt will be added to any existing fee deltas.',
        },
        {
          name: 'apply_unbroadcast_set',
          type: 'bool',
          default: false,
          description: 'Whether to apply the unbroadcast set metadata from the mempool file.',
        },
      ],
    },
  ],
  result: '{}',
  examples: ['/path/to/mempool.dat'],
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
