import type { BlockChain } from '../../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../../src/chain/scripts/execution-cache.js';
import { DEFAULT_MEMPOOL_OPTIONS } from '../../src/mempool/policy/settings.js';
import { TxPool } from '../../src/mempool/tx-pool.js';
import { DEFAULT_BLOCK_MAX_WEIGHT, DEFAULT_BLOCK_MIN_FEE_RATE } from '../../src/miner/block-template.js';
import { Miner, type MinerOptions } from '../../src/miner/miner.js';
import type { NodeClock } from '../../src/runtime/clock.js';
import { type Logger, silentLogger } from '../../src/runtime/logger.js';
import { BoundedSignatureCache } from '../../src/script/signature-cache.js';
import { type TestChainOptions, testChain } from './chain-builder.js';

export interface MiningNode {
  readonly chain: BlockChain;
  readonly clock: NodeClock;
  readonly pool: TxPool;
  readonly miner: Miner;
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** A chain, a mempool and a miner in memory, on regtest, with a mocked clock. */
export async function miningNode(
  options: TestChainOptions = {},
  minerOptions: Partial<MinerOptions> = {},
): Promise<MiningNode> {
  const { chain, clock } = testChain({ checkBlockIndex: 0, ...options });
  await chain.start();
  const log: string[] = [];
  const logger: Logger = { ...silentLogger, info: message => log.push(message) };
  const pool = new TxPool(
    { ...DEFAULT_MEMPOOL_OPTIONS, requireStandard: false, file: '', persist: false },
    {
      chain,
      clock,
      logger: silentLogger,
      executionCache: new BoundedExecutionCache(1 << 16),
      signatureCache: new BoundedSignatureCache(1 << 16),
    },
  );
  await pool.start();
  const miner = new Miner(
    {
      maxWeight: DEFAULT_BLOCK_MAX_WEIGHT,
      minFeeRate: DEFAULT_BLOCK_MIN_FEE_RATE,
      threads: 1,
      ...minerOptions,
    },
    { chain, mempool: pool, clock, logger },
  );
  return {
    chain,
    clock,
    pool,
    miner,
    log,
    stop: async () => {
      await miner.stop();
      await pool.stop();
      await chain.stop();
      clock.stop();
    },
  };
}
