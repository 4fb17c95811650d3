import { DEFAULT_CHECK_BLOCKS, DEFAULT_CHECK_LEVEL } from '../../chain/options.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import { blockSubsidy } from '../../consensus/subsidy.js';
import { hashToHex } from '../../primitives/bytes.js';
import { type Args, asInteger, asString, parseHash } from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { blockStatsView } from '../views/block-stats.js';
import { readBlock, readUndo } from './block-data.js';
import { findHeader } from './lookup.js';

/** Seconds of the window that getchaintxstats looks at when none is given: a month. */
const DEFAULT_WINDOW = 30 * 24 * 60 * 60;

const getchaintxstats: RpcMethod = {
  name: 'getchaintxstats',
  category: 'Blockchain',
  description: 'Counts transactions, over the whole chain and over a window of blocks. Times are in seconds.',
  params: [
    {
      name: 'nblocks',
      type: 'number',
      optional: true,
      description: "Length of the window in blocks (default: a month's worth)",
    },
    {
      name: 'blockhash',
      type: 'hex',
      optional: true,
      description: 'Last block of the window (default: the tip)',
    },
  ],
  result:
    '{ "time", "txcount", "window_final_block_hash", "window_final_block_height", "window_block_count", "window_interval", "window_tx_count", "txrate" }',
  examples: ['', '2016'],
  run: ({ chain }, args) => {
    const { headers } = chain;
    const last = args.has('blockhash') ? findHeader(chain, args.hash('blockhash')) : chain.tip;
    if (!chain.isActive(last)) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Block is not in main chain');
    }
    const height = headers.height(last);
    const count = windowSize(args, height, DEFAULT_WINDOW / chain.params.consensus.powTargetSpacing);
    const past = headers.ancestor(last, height - count);
    const interval = headers.medianTimePast(last) - headers.medianTimePast(past);
    const txCount = headers.chainTxCount(last);
    const isCounted = count > 0 && txCount > 0 && headers.chainTxCount(past) > 0;
    const windowTxCount = isCounted ? txCount - headers.chainTxCount(past) : undefined;
    return {
      time: headers.time(last),
      txcount: txCount > 0 ? txCount : undefined,
      window_final_block_hash: hashToHex(headers.hash(last)),
      window_final_block_height: height,
      window_block_count: count,
      window_interval: count > 0 ? interval : undefined,
      window_tx_count: windowTxCount,
      txrate: windowTxCount !== undefined && interval > 0 ? windowTxCount / interval : undefined,
    };
  },
};

function windowSize(args: Args, height: number, byDefault: number): number {
  const count = args.optionalInt('nblocks');
  if (count === undefined) return Math.max(0, Math.min(byDefault, height - 1));
  if (count >= 0 && (count === 0 || count < height)) return count;
  throw new RpcError(
    RpcCode.INVALID_PARAMETER,
    "Invalid block count: should be between 0 and the block's height - 1",
  );
}

const getblockstats: RpcMethod = {
  name: 'getblockstats',
  category: 'Blockchain',
  description:
    'Gives figures about one block: fees, fee rates, sizes, counts. Amounts are in satoshis, fee rates in satoshis per virtual byte.',
  params: [
    {
      name: 'hash_or_height',
      type: 'any',
      description: 'Block, by hash or height',
    },
    {
      name: 'stats',
      type: 'array',
      optional: true,
      usage: 'stats',
      description: 'Names of the figures wanted (default: all)',
    },
  ],
  result:
    '{ "avgfee", "avgfeerate", "avgtxsize", "blockhash", "feerate_percentiles", "height", "ins", "maxfee", "maxfeerate", "maxtxsize", "medianfee", "mediantime", "mediantxsize", "minfee", "minfeerate", "mintxsize", "outs", "subsidy", "swtotal_size", "swtotal_weight", "swtxs", "time", "total_out", "total_size", "total_weight", "totalfee", "txs", "utxo_increase", "utxo_size_inc", "utxo_increase_actual", "utxo_size_inc_actual" }',
  examples: ['850000 \'["subsidy","totalfee"]\''],
  run: async (context, args) => {
    const { chain } = context;
    const { headers } = chain;
    const id = blockByHashOrHeight(context, args.raw('hash_or_height'));
    const wanted = [...new Set((args.optionalArray('stats') ?? []).map(asString))].sort();
    const height = headers.height(id);
    const block = await readBlock(chain, id);
    const undo = height === 0 ? [] : await readUndo(chain, id);
    const all = blockStatsView(block, undo, {
      height,
      time: headers.time(id),
      medianTime: headers.medianTimePast(id),
      subsidy: blockSubsidy(height, chain.params.consensus),
      hashHex: hashToHex(headers.hash(id)),
    });
    if (wanted.length === 0) return all;
    return Object.fromEntries(wanted.map(name => [name, statistic(all, name)]));
  },
};

function statistic(all: { readonly [key: string]: JsonValue }, name: string): JsonValue {
  if (Object.hasOwn(all, name)) return all[name];
  throw new RpcError(RpcCode.INVALID_PARAMETER, `Invalid selected statistic '${name}'`);
}

/** A block of the active chain by height, or any by hash. @throws RpcError when there is none */
function blockByHashOrHeight({ chain }: RpcContext, value: unknown): HeaderId {
  if (typeof value !== 'number') return findHeader(chain, parseHash(value, 'hash_or_height'));
  const height = asInteger(value, -(2 ** 31), 2 ** 31 - 1);
  if (height < 0) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, `Target block height ${height} is negative`);
  }
  if (height > chain.height) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      `Target block height ${height} after current tip ${chain.height}`,
    );
  }
  return chain.at(height);
}

const verifychain: RpcMethod = {
  name: 'verifychain',
  category: 'Blockchain',
  description: 'Checks the last blocks again from what is on disk.',
  params: [
    {
      name: 'checklevel',
      type: 'number',
      default: DEFAULT_CHECK_LEVEL,
      description:
        'How deep to look, each level on top of those before: 0 reads the blocks, 1 checks them by themselves, 2 reads their undo data, 3 takes them back in memory, 4 connects them again',
    },
    {
      name: 'nblocks',
      type: 'number',
      default: DEFAULT_CHECK_BLOCKS,
      description: 'Number of blocks to check; 0 for all',
    },
  ],
  result: 'true|false    (boolean) true when all is well; the log tells what is not',
  examples: [''],
  run: async ({ chainTools }, args) => {
    const level = args.optionalInt('checklevel') ?? DEFAULT_CHECK_LEVEL;
    const depth = args.optionalInt('nblocks') ?? DEFAULT_CHECK_BLOCKS;
    return (await chainTools.verify({ level, depth })) === 'ok';
  },
};

/** Statistics over blocks, and checking them. */
export const statisticsMethods: readonly RpcMethod[] = [getchaintxstats, getblockstats, verifychain];
