import type { Chain } from '../../chain/chain.js';
import { verificationProgress } from '../../chain/log-lines.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import {
  BURIED_DEPLOYMENTS,
  type DeploymentInfo,
  deploymentInfo,
  deploymentName,
  VERSION_BITS_DEPLOYMENTS,
} from '../../consensus/deployments.js';
import { NO_TIMEOUT, NO_TIMEOUT_SHOWN } from '../../consensus/params.js';
import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { difficulty } from '../views/block.js';
import { scriptView } from '../views/script.js';
import { findHeader } from './lookup.js';

const getblockcount: RpcMethod = {
  name: 'getblockcount',
  category: 'Blockchain',
  description: "Gives the height of the active chain's tip; the genesis block's is 0.",
  params: [],
  result: 'n    (numeric) height',
  examples: [''],
  run: ({ chain }) => chain.height,
};

const getbestblockhash: RpcMethod = {
  name: 'getbestblockhash',
  category: 'Blockchain',
  description: "Gives the hash of the active chain's tip.",
  params: [],
  result: '"hex"    (string) block hash',
  examples: [''],
  run: ({ chain }) => hashToHex(chain.headers.hash(chain.tip)),
};

const getdifficulty: RpcMethod = {
  name: 'getdifficulty',
  category: 'Blockchain',
  description: "Tells how many times harder than the easiest target the tip's target is.",
  params: [],
  result: 'n    (numeric) difficulty, 1 at the easiest target',
  examples: [''],
  run: ({ chain }) => difficulty(chain.headers.bits(chain.tip)),
};

const getblockchaininfo: RpcMethod = {
  name: 'getblockchaininfo',
  category: 'Blockchain',
  description:
    'Tells how far the node has come with the chain: tip, headers, work, progress, disk use and warnings.',
  params: [],
  result:
    '{ "chain", "blocks", "headers", "bestblockhash", "difficulty", "time", "mediantime", "verificationprogress", "initialblockdownload", "chainwork", "size_on_disk", "pruned", "pruneheight", "automatic_pruning", "prune_target_size", "warnings" }',
  examples: [''],
  run: context => {
    const { chain, clock } = context;
    const { headers, tip } = chain;
    return {
      chain: chain.params.name,
      blocks: chain.height,
      headers: chain.bestHeader === NO_HEADER ? -1 : headers.height(chain.bestHeader),
      bestblockhash: hashToHex(headers.hash(tip)),
      difficulty: difficulty(headers.bits(tip)),
      time: headers.time(tip),
      mediantime: headers.medianTimePast(tip),
      verificationprogress: verificationProgress(headers, tip, chain.params.chainTxData, clock.now()),
      initialblockdownload: chain.isInitialBlockDownload,
      chainwork: formatUint256(headers.chainWork(tip)),
      size_on_disk: chain.sizeOnDisk(),
      ...pruningView(chain),
      warnings: warningsView(context),
    };
  },
};

function pruningView({ pruneTarget, prunedHeight }: Chain): { readonly [key: string]: JsonValue } {
  if (pruneTarget === undefined) return { pruned: false };
  return {
    pruned: true,
    pruneheight: prunedHeight === undefined ? 0 : prunedHeight + 1,
    automatic_pruning: pruneTarget !== 'manual',
    prune_target_size: pruneTarget === 'manual' ? undefined : pruneTarget,
  };
}

/** Warnings as a list, or as the last one's text for clients that ask for the old form. */
export function warningsView(context: RpcContext): JsonValue {
  const warnings = context.warnings();
  return context.deprecated.has('warnings') ? (warnings.at(-1) ?? '') : warnings;
}

const getdeploymentinfo: RpcMethod = {
  name: 'getdeploymentinfo',
  category: 'Blockchain',
  description: 'Tells for each soft fork whether it is active, and how the signalling for it stands.',
  params: [
    {
      name: 'blockhash',
      type: 'hex',
      optional: true,
      description: 'Block after which the state is told (default: the tip)',
    },
  ],
  result: '{ "hash", "height", "deployments": { "name": { "type", "height", "active", "bip9": {…} } } }',
  examples: [''],
  run: ({ chain, chainTools }, args) => {
    const id = args.has('blockhash') ? findHeader(chain, args.hash('blockhash')) : chain.tip;
    const deployments: Record<string, JsonValue> = {};
    for (const deployment of [...BURIED_DEPLOYMENTS, ...VERSION_BITS_DEPLOYMENTS]) {
      const info = deploymentInfo(
        id,
        deployment,
        chain.headers,
        chain.params.consensus,
        chainTools.versionBits,
      );
      if (info !== undefined) deployments[deploymentName(deployment)] = deploymentView(info);
    }
    return { hash: hashToHex(chain.headers.hash(id)), height: chain.headers.height(id), deployments };
  },
};

function deploymentView(info: DeploymentInfo): JsonValue {
  if (info.type === 'buried') return { type: 'buried', active: info.active, height: info.height };
  const { params, statistics } = info;
  const lockedIn = info.status === 'locked_in';
  return {
    type: 'bip9',
    height: info.height,
    active: info.active,
    bip9: {
      bit: statistics === undefined ? undefined : params.bit,
      start_time: params.startTime,
      // No time-out is the largest 64-bit number on the wire.
      timeout: params.timeout === NO_TIMEOUT ? NO_TIMEOUT_SHOWN : params.timeout,
      min_activation_height: params.minActivationHeight,
      status: info.status,
      since: info.since,
      status_next: info.statusNext,
      statistics:
        statistics === undefined
          ? undefined
          : {
              period: statistics.period,
              elapsed: statistics.elapsed,
              count: statistics.count,
              threshold: lockedIn ? undefined : statistics.threshold,
              possible: lockedIn ? undefined : statistics.possible,
            },
      signalling: statistics?.signalling.map(signal => (signal ? '#' : '-')).join(''),
    },
  };
}

const getchaintips: RpcMethod = {
  name: 'getchaintips',
  category: 'Blockchain',
  description: "Lists the ends of all branches of the block tree, the active chain's among them.",
  params: [],
  result:
    '[ { "height", "hash", "branchlen", "status": "invalid|headers-only|valid-headers|valid-fork|active" } ]',
  examples: [''],
  run: ({ chain }) => {
    const { headers } = chain;
    const tips = new Set([...headers.leaves(), chain.tip]);
    return [...tips]
      .sort((a, b) => headers.height(b) - headers.height(a))
      .map(id => {
        const height = headers.height(id);
        const fork = headers.commonAncestor(id, chain.tip);
        return {
          height,
          hash: hashToHex(headers.hash(id)),
          branchlen: height - headers.height(fork),
          status: tipStatus(chain, id),
        };
      });
  },
};

/** Core's words for what is known of the end of a branch. */
export type TipStatus = 'active' | 'valid-fork' | 'valid-headers' | 'headers-only' | 'invalid';

export function tipStatus(chain: Chain, id: HeaderId): TipStatus {
  const { headers } = chain;
  if (chain.isActive(id)) return 'active';
  if (headers.isInvalid(id)) return 'invalid';
  if (headers.chainTxCount(id) === 0) return 'headers-only';
  return headers.isFullyValid(id) ? 'valid-fork' : 'valid-headers';
}

const gettxout: RpcMethod = {
  name: 'gettxout',
  category: 'Blockchain',
  description: 'Gives one output while it is unspent, or null.',
  params: [
    { name: 'txid', type: 'string', description: 'Id of the transaction that made the output' },
    { name: 'n', type: 'number', description: 'Index of the output in that transaction, from 0' },
    {
      name: 'include_mempool',
      type: 'bool',
      default: true,
      description: 'Count the mempool in: outputs made there are found, outputs spent there are not',
    },
  ],
  result:
    '{ "bestblock", "confirmations", "value", "scriptPubKey": { "asm", "desc", "hex", "type", "address" }, "coinbase" }, or null',
  examples: ['"txid" 1'],
  run: ({ chain, mempool }, args) => {
    const outpoint = { txid: args.hash('txid'), vout: args.int('n') >>> 0 };
    const useMempool = args.bool('include_mempool', true);
    const confirmed = chain.coins.get(outpoint);
    const coin = useMempool ? mempool.coin(outpoint) : confirmed;
    if (coin === undefined) return null;
    return {
      bestblock: hashToHex(chain.headers.hash(chain.tip)),
      confirmations: confirmed === undefined ? 0 : chain.height - confirmed.height + 1,
      value: amount(coin.value),
      scriptPubKey: scriptView(coin.script, chain.params.address),
      coinbase: coin.coinbase,
    };
  },
};

const HASH_TYPES = ['hash_serialized_3', 'muhash', 'none'] as const;

const gettxoutsetinfo: RpcMethod = {
  name: 'gettxoutsetinfo',
  category: 'Blockchain',
  description:
    'Counts and sums up all unspent outputs, with a hash over them unless it is "none". It reads the whole set, which takes a while.',
  params: [
    {
      name: 'hash_type',
      type: 'string',
      default: 'hash_serialized_3',
      description: 'Hash to compute over the set: "hash_serialized_3", "muhash" or "none"',
    },
    {
      name: 'hash_or_height',
      type: 'any',
      optional: true,
      description: 'Block whose state is asked for, by hash or height; needs coinstatsindex',
    },
    {
      name: 'use_index',
      type: 'bool',
      default: true,
      description: 'Answer from coinstatsindex where there is one',
    },
  ],
  result:
    '{ "height", "bestblock", "txouts", "bogosize", "hash_serialized_3" or "muhash", "total_amount", "transactions", "disk_size" }',
  examples: ['', '"none"'],
  run: async ({ chain }, args) => {
    const wanted = args.optionalString('hash_type') ?? 'hash_serialized_3';
    const hashType = HASH_TYPES.find(type => type === wanted);
    if (hashType === undefined) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `'${wanted}' is not a valid hash_type`);
    }
    if (args.has('hash_or_height')) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Querying specific block heights requires coinstatsindex',
      );
    }
    const stats = await chain.utxoStats(hashType);
    return {
      height: stats.height,
      bestblock: hashToHex(stats.bestBlock),
      txouts: stats.outputs,
      bogosize: stats.bogoSize,
      hash_serialized_3:
        hashType === 'hash_serialized_3' && stats.hash !== undefined ? hashToHex(stats.hash) : undefined,
      muhash: hashType === 'muhash' && stats.hash !== undefined ? hashToHex(stats.hash) : undefined,
      total_amount: amount(stats.totalAmount),
      transactions: stats.transactions,
      disk_size: stats.diskSize,
    };
  },
};

/** State of the chain as a whole. */
export const blockchainMethods: readonly RpcMethod[] = [
  getblockcount,
  getbestblockhash,
  getdifficulty,
  getblockchaininfo,
  getdeploymentinfo,
  getchaintips,
  gettxout,
  gettxoutsetinfo,
];
