import type { ChainOptions } from '../../chain/options.js';
import type { ChainParams } from '../../consensus/params.js';
import type { FeeEstimatorOptions } from '../../mempool/fee-estimator.js';
import type { TxPoolOptions } from '../../mempool/tx-pool.js';
import type { MinerOptions } from '../../miner/miner.js';
import type { NetOptions } from '../../net/options.js';
import type { RpcAuthOptions } from '../../rpc/auth.js';
import type { HttpServerOptions } from '../../rpc/http-server.js';
import type { WalletManagerOptions } from '../../wallet/wallet-manager.js';
import { fileIn, type NodeHome } from '../home.js';
import type { Settings } from '../options/settings.js';
import { chainOptions, mempoolOptions, minerOptions } from './chain.js';
import { netOptions } from './net.js';
import { rpcAuthOptions, rpcServerOptions } from './rpc.js';
import { walletDir, walletOptions, walletsToLoad } from './wallet.js';

/** Core's default of -maxsigcachesize, MiB: half for signatures, half for whole transactions. */
const DEFAULT_SIG_CACHE_MIB = 32;
const MIB = 1024 * 1024;

/** What the settings say to each part of a node. */
export interface NodeOptions {
  readonly chain: ChainOptions;
  readonly mempool: TxPoolOptions;
  readonly net: NetOptions;
  readonly miner: MinerOptions;
  readonly rpc: HttpServerOptions;
  readonly rpcAuth: RpcAuthOptions;
  /** Undefined with -disablewallet. */
  readonly wallet: WalletManagerOptions | undefined;
  /** Undefined where no transactions are taken from peers: there is nothing to learn from. */
  readonly feeEstimator: FeeEstimatorOptions | undefined;
  /** `-dbcrashratio`: one in so many writes of coins is cut off; 0 for none. */
  readonly dbCrashRatio: number;
  readonly signatureCacheBytes: number;
  readonly executionCacheBytes: number;
}

/** Reads all settings once, before anything is opened. @throws StartError with Core's text on the first that is wrong */
export function nodeOptions(settings: Settings, params: ChainParams, home: NodeHome): NodeOptions {
  const sigCacheBytes = Math.max(settings.int('maxsigcachesize', DEFAULT_SIG_CACHE_MIB), 1) * MIB;
  const mempoolFile = fileIn(home, 'mempool.dat');
  const chain = chainOptions(settings, params, home);
  const networkDir = home.kind === 'memory' ? undefined : home.paths.network;
  const net = { ...netOptions(settings, params, networkDir), pruned: chain.prune !== undefined };
  return {
    chain,
    mempool: {
      ...mempoolOptions(settings, params),
      file: mempoolFile ?? '',
      persist: mempoolFile !== undefined && settings.bool('persistmempool', true),
    },
    net,
    miner: minerOptions(settings),
    rpc: rpcServerOptions(settings, params),
    rpcAuth: rpcAuthOptions(settings, home),
    wallet: settings.bool('disablewallet', false)
      ? undefined
      : {
          dir: home.kind === 'memory' ? '(memory)' : walletDir(settings, home.paths.wallets),
          params,
          options: walletOptions(settings),
          load: home.kind === 'memory' ? home.memory.walletsToLoad : walletsToLoad(settings),
        },
    feeEstimator: net.blocksOnly
      ? undefined
      : {
          file: fileIn(home, 'fee_estimates.dat'),
          acceptStale: settings.bool('acceptstalefeeestimates', false),
        },
    dbCrashRatio: settings.int('dbcrashratio', 0),
    signatureCacheBytes: sigCacheBytes / 2,
    executionCacheBytes: sigCacheBytes / 2,
  };
}
