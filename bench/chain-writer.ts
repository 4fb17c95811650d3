import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BlockChain } from '../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../src/chain/scripts/execution-cache.js';
import { computeBlockVersion, VersionBitsCache } from '../src/consensus/deployments.js';
import { chainParams } from '../src/consensus/networks.js';
import { blockSubsidy } from '../src/consensus/subsidy.js';
import { witnessCommitment } from '../src/consensus/witness.js';
import { ScalarScanner } from '../src/crypto/sha256/scalar-scanner.js';
import { blockOf, coinbaseTransaction, withNonce } from '../src/miner/block-template.js';
import type { Hash256 } from '../src/primitives/bytes.js';
import type { Transaction } from '../src/primitives/transaction.js';
import { NodeClock } from '../src/runtime/clock.js';
import { assert } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';

export interface GeneratedChain {
  readonly tip: Hash256;
  readonly height: number;
  readonly transactions: number;
}

/** Time of the first block after genesis, and between blocks: fixed, so that the chain is the same in every run. */
const START_TIME = 1_296_688_602 + 600;
const BLOCK_SPACING = 600;
/** The target of regtest, 32 bytes little-endian: 7fffff followed by zeros. */
const REGTEST_TARGET = Buffer.concat([Buffer.alloc(29), Buffer.from('ffff7f', 'hex')]);

export interface WriterOptions {
  /** Blocks that will be added. */
  readonly blocks: number;
  /** Scripts of payments are not run: whoever gets the chain does that. */
  readonly trustScripts?: boolean;
}

/**
 * A regtest chain in an empty data directory, to which blocks are added through the project's own chain, so that a daemon can
 * serve it. The same payments give the same chain.
 */
export class ChainWriter {
  private readonly params = chainParams('regtest');
  private readonly clock = new NodeClock();
  private readonly versionBits = new VersionBitsCache();
  private readonly chain: BlockChain;
  private transactions = 0;

  private constructor(dataDir: string, { blocks, trustScripts = false }: WriterOptions) {
    const network = join(dataDir, this.params.dataDir);
    mkdirSync(join(network, 'blocks'), { recursive: true });
    this.clock.setMockTime(START_TIME + blocks * BLOCK_SPACING);
    this.chain = new BlockChain(
      {
        params: this.params,
        storage: { blocksDir: join(network, 'blocks'), chainstateDir: join(network, 'chainstate') },
      },
      {
        clock: this.clock,
        logger: silentLogger,
        executionCache: new BoundedExecutionCache(),
        ...(trustScripts ? { scriptVerifier: { verify: async () => undefined } } : {}),
      },
    );
  }

  static async open(dataDir: string, options: WriterOptions): Promise<ChainWriter> {
    const writer = new ChainWriter(dataDir, options);
    await writer.chain.start();
    return writer;
  }

  /** Adds a block with these payments. @param fees satoshis, of all of them @returns the coinbase */
  async add(payments: readonly Transaction[], fees: number, rewardScript: Uint8Array): Promise<Transaction> {
    const { chain, params } = this;
    const height = chain.height + 1;
    const reward = blockSubsidy(height, params.consensus) + fees;
    const coinbase = coinbaseTransaction(height, reward, rewardScript, witnessCommitment(payments));
    const template = {
      version: computeBlockVersion(chain.tip, chain.headers, params.consensus, this.versionBits),
      prevHash: chain.headers.hash(chain.tip),
      bits: chain.headers.bits(chain.tip),
    };
    const candidate = blockOf(template, [coinbase, ...payments], START_TIME + height * BLOCK_SPACING);
    const nonce = new ScalarScanner(candidate.header.raw, REGTEST_TARGET).scan(0, 0xffffffff);
    const { rejection } = await chain.processBlock(withNonce(candidate, nonce), { requested: true });
    assert(rejection === undefined, `generated block ${height} refused: ${rejection?.reason}`);
    this.transactions += 1 + payments.length;
    return coinbase;
  }

  /** Writes all, closes all. */
  async close(): Promise<GeneratedChain> {
    const { chain, transactions } = this;
    const result = { tip: chain.headers.hash(chain.tip), height: chain.height, transactions };
    await chain.stop();
    this.clock.stop();
    return result;
  }
}
