import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BlockChain } from '../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../src/chain/scripts/execution-cache.js';
import { computeBlockVersion, VersionBitsCache } from '../src/consensus/deployments.js';
import { COINBASE_MATURITY } from '../src/consensus/limits.js';
import { chainParams } from '../src/consensus/networks.js';
import { blockSubsidy } from '../src/consensus/subsidy.js';
import { ScalarScanner } from '../src/crypto/sha256/scalar-scanner.js';
import { blockOf, coinbaseTransaction, withNonce, witnessCommitment } from '../src/miner/block-template.js';
import type { Hash256 } from '../src/primitives/bytes.js';
import type { Transaction } from '../src/primitives/transaction.js';
import { NodeClock } from '../src/runtime/clock.js';
import { assert, defined } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { coinsOf, type OwnCoin, Payer } from './payer.js';

export interface ChainSpec {
  readonly blocks: number;
  /** Payments besides the coinbases, spread evenly over the blocks that can have any. */
  readonly payments: number;
}

export interface GeneratedChain {
  readonly tip: Hash256;
  readonly height: number;
  readonly transactions: number;
}

/** Satoshis of fee for each payment. */
const FEE = 1000;
/** Time of the first block after genesis, and between blocks: fixed, so that the chain is the same in every run. */
const START_TIME = 1_296_688_602 + 600;
const BLOCK_SPACING = 600;
/** The target of regtest, 32 bytes little-endian: 7fffff followed by zeros. */
const REGTEST_TARGET = Buffer.concat([Buffer.alloc(29), Buffer.from('ffff7f', 'hex')]);

/**
 * Writes a regtest chain of signed P2WPKH payments (one input, two outputs) into an empty data directory, through the
 * project's own chain, so that a daemon can serve it. The same spec gives the same chain.
 */
export async function generateChain(dataDir: string, spec: ChainSpec): Promise<GeneratedChain> {
  const params = chainParams('regtest');
  const network = join(dataDir, params.dataDir);
  mkdirSync(join(network, 'blocks'), { recursive: true });
  const clock = new NodeClock();
  clock.setMockTime(START_TIME + spec.blocks * BLOCK_SPACING);
  const chain = new BlockChain(
    { params, storage: { blocksDir: join(network, 'blocks'), chainstateDir: join(network, 'chainstate') } },
    { clock, logger: silentLogger, executionCache: new BoundedExecutionCache() },
  );
  await chain.start();
  const wallet = new BenchWallet();
  const versionBits = new VersionBitsCache();
  const paying = spec.blocks - COINBASE_MATURITY;
  let transactions = 0;
  for (let height = 1; height <= spec.blocks; height++) {
    const payingIndex = height - COINBASE_MATURITY;
    const due = payingIndex <= 0 ? 0 : share(spec.payments, paying, payingIndex);
    const payments = wallet.payments(due);
    const reward = blockSubsidy(height, params.consensus) + payments.length * FEE;
    const coinbase = coinbaseTransaction(height, reward, wallet.script, witnessCommitment(payments));
    const version = computeBlockVersion(chain.tip, chain.headers, params.consensus, versionBits);
    const template = {
      version,
      prevHash: chain.headers.hash(chain.tip),
      bits: chain.headers.bits(chain.tip),
    };
    const candidate = blockOf(template, [coinbase, ...payments], START_TIME + height * BLOCK_SPACING);
    const nonce = new ScalarScanner(candidate.header.raw, REGTEST_TARGET).scan(0, 0xffffffff);
    const { rejection } = await chain.processBlock(withNonce(candidate, nonce), { requested: true });
    assert(rejection === undefined, `generated block ${height} refused: ${rejection?.reason}`);
    wallet.mined(coinbase, reward);
    transactions += 1 + payments.length;
  }
  const result = { tip: chain.headers.hash(chain.tip), height: chain.height, transactions };
  await chain.stop();
  clock.stop();
  return result;
}

/** The part of `total` that falls on step `index` of `steps`, so that all steps together give the total. */
function share(total: number, steps: number, index: number): number {
  return Math.floor((total * index) / steps) - Math.floor((total * (index - 1)) / steps);
}

/** The coins of one key in order of age, and payments from the oldest. */
class BenchWallet {
  private readonly payer = new Payer();
  readonly script = this.payer.script;
  private readonly immature: OwnCoin[] = [];
  private readonly spendable: OwnCoin[] = [];

  mined(coinbase: Transaction, value: number): void {
    this.immature.push({ txid: coinbase.txid, vout: 0, value });
    if (this.immature.length < COINBASE_MATURITY) return;
    const matured = this.immature.shift();
    if (matured !== undefined) this.spendable.push(matured);
  }

  /** Signed payments; each splits a coin in two of our own. */
  payments(count: number): Transaction[] {
    return Array.from({ length: count }, () => {
      const coin = defined(this.spendable.shift(), 'a coin to spend');
      const tx = this.payer.split(coin, 2, FEE);
      this.spendable.push(...coinsOf(tx));
      return tx;
    });
  }
}
