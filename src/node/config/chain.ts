import { DEFAULT_DB_BATCH_SIZE } from '../../chain/coins/coins-db.js';
import {
  type ChainOptions,
  DEFAULT_CHECK_BLOCKS,
  DEFAULT_CHECK_LEVEL,
  DEFAULT_DB_CACHE_BYTES,
  DEFAULT_MAX_TIP_AGE,
} from '../../chain/options.js';
import { cachedCoinsBytes } from '../../chain/stores.js';
import type { ChainParams } from '../../consensus/params.js';
import { DEFAULT_BLOCKSONLY_MAX_MEMPOOL_MB, DEFAULT_MAX_MEMPOOL_MB } from '../../mempool/policy/limits.js';
import {
  checkMempoolOptions,
  DEFAULT_MEMPOOL_OPTIONS,
  type MempoolOptions,
} from '../../mempool/policy/settings.js';
import { DEFAULT_BLOCK_MAX_WEIGHT, DEFAULT_BLOCK_MIN_FEE_RATE } from '../../miner/block-template.js';
import type { MinerOptions } from '../../miner/miner.js';
import { StartError } from '../../runtime/errors.js';
import type { NodeHome } from '../home.js';
import type { Settings } from '../options/settings.js';
import { maxReorgDepth } from './lab.js';
import { pruneTarget } from './prune.js';
import { moneyOption } from './values.js';

const MIB = 1024 * 1024;
/** Core's bounds of -dbcache, in MiB. */
const MIN_DB_CACHE_MIB = 4;
const MAX_DB_CACHE_MIB = 16384;

/** Who gives databases and coins no more than so much, in MiB, has little memory: it is saved elsewhere too. */
const FRUGAL_DB_CACHE_MIB = 100;

/** Whether the node is to take little memory, if need be for more time. */
export function isFrugal(settings: Settings): boolean {
  return dbCacheMib(settings) <= FRUGAL_DB_CACHE_MIB;
}

function dbCacheMib(settings: Settings): number {
  const wanted = settings.int('dbcache', DEFAULT_DB_CACHE_BYTES / MIB);
  return Math.min(Math.max(wanted, MIN_DB_CACHE_MIB), MAX_DB_CACHE_MIB);
}

/** What the settings say of the chain. */
export function chainOptions(settings: Settings, params: ChainParams, home: NodeHome): ChainOptions {
  const dbCacheBytes = dbCacheMib(settings) * MIB;
  return {
    params,
    storage: chainStorage(home),
    dbCacheBytes: home.kind === 'memory' ? dbCacheBytes : cachedCoinsBytes(dbCacheBytes),
    dbBatchSize: settings.int('dbbatchsize', DEFAULT_DB_BATCH_SIZE),
    scriptThreads: settings.int('par', 0),
    prune: pruneTarget(settings),
    fastPrune: settings.bool('fastprune', false),
    blocksXor: settings.bool('blocksxor', true),
    checkBlocks: settings.int('checkblocks', DEFAULT_CHECK_BLOCKS),
    checkLevel: settings.int('checklevel', DEFAULT_CHECK_LEVEL),
    trustIndex: home.kind === 'memory',
    checkpoints: settings.bool('checkpoints', true),
    maxReorgDepth: maxReorgDepth(settings),
    maxTipAge: settings.int('maxtipage', DEFAULT_MAX_TIP_AGE),
    stopAtHeight: settings.int('stopatheight', 0),
    // Core takes a bare -checkblockindex for 1.
    checkBlockIndex: settings.text('checkblockindex') === '' ? 1 : settings.int('checkblockindex', 0),
    reindex: settings.bool('reindex', false),
    reindexChainstate: settings.bool('reindex-chainstate', false),
  };
}

function chainStorage(home: NodeHome): ChainOptions['storage'] {
  if (home.kind === 'memory') return home.memory.chain;
  const { blocks, blockIndex, chainstate } = home.paths;
  return { blocksDir: blocks, indexDir: blockIndex, chainstateDir: chainstate };
}

/** What the settings say of the mempool, in its own units. */
export function mempoolOptions(settings: Settings, params: ChainParams): MempoolOptions {
  const defaults = DEFAULT_MEMPOOL_OPTIONS;
  if (settings.bool('acceptnonstdtxn', false) && !params.isTestChain) {
    throw new StartError(`acceptnonstdtxn is not currently supported for ${params.name} chain`);
  }
  const minRelay = moneyOption(settings, 'minrelaytxfee', defaults.minRelayFeeRate);
  const incremental = moneyOption(settings, 'incrementalrelayfee', defaults.incrementalFeeRate);
  const options: MempoolOptions = {
    maxBytes: maxMempoolBytes(settings),
    expirySeconds: settings.int('mempoolexpiry', defaults.expirySeconds / 3600) * 3600,
    // Relaying for less than one step of replacement costs is pointless.
    minRelayFeeRate: settings.isSet('minrelaytxfee') ? minRelay : Math.max(minRelay, incremental),
    incrementalFeeRate: incremental,
    dustRelayFeeRate: moneyOption(settings, 'dustrelayfee', defaults.dustRelayFeeRate),
    maxDataCarrierBytes: settings.bool('datacarrier', true)
      ? settings.int('datacarriersize', defaults.maxDataCarrierBytes ?? 0)
      : undefined,
    permitBareMultisig: settings.bool('permitbaremultisig', defaults.permitBareMultisig),
    requireStandard: settings.isSet('acceptnonstdtxn')
      ? !settings.bool('acceptnonstdtxn', false)
      : params.requireStandard,
    fullRbf: settings.bool('mempoolfullrbf', defaults.fullRbf),
    bytesPerSigOp: settings.int('bytespersigop', defaults.bytesPerSigOp),
    limits: chainLimits(settings),
    checkRatio: settings.int('checkmempool', 0),
    persistV1: settings.bool('persistmempoolv1', false),
  };
  checkMempoolOptions(options);
  return options;
}

function chainLimits(settings: Settings): MempoolOptions['limits'] {
  const { limits } = DEFAULT_MEMPOOL_OPTIONS;
  return {
    ancestorCount: settings.int('limitancestorcount', limits.ancestorCount),
    ancestorSize: settings.int('limitancestorsize', limits.ancestorSize / 1000) * 1000,
    descendantCount: settings.int('limitdescendantcount', limits.descendantCount),
    descendantSize: settings.int('limitdescendantsize', limits.descendantSize / 1000) * 1000,
  };
}

function maxMempoolBytes(settings: Settings): number {
  const fallback = settings.bool('blocksonly', false)
    ? DEFAULT_BLOCKSONLY_MAX_MEMPOOL_MB
    : DEFAULT_MAX_MEMPOOL_MB;
  return settings.int('maxmempool', fallback) * 1e6;
}

export function minerOptions(settings: Settings): MinerOptions {
  return {
    maxWeight: settings.int('blockmaxweight', DEFAULT_BLOCK_MAX_WEIGHT),
    minFeeRate: moneyOption(settings, 'blockmintxfee', DEFAULT_BLOCK_MIN_FEE_RATE),
    version: settings.isSet('blockversion') ? settings.int('blockversion', 0) : undefined,
    threads: 0,
  };
}
