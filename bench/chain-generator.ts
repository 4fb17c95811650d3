import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BlockChain } from '../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../src/chain/scripts/execution-cache.js';
import { computeBlockVersion, VersionBitsCache } from '../src/consensus/deployments.js';
import { COINBASE_MATURITY } from '../src/consensus/limits.js';
import { chainParams } from '../src/consensus/networks.js';
import { blockSubsidy } from '../src/consensus/subsidy.js';
import { hash160, sha256 } from '../src/crypto/hash.js';
import { HeaderScanner } from '../src/crypto/header-scan.js';
import { publicKeyOf, signEcdsa } from '../src/crypto/keys.js';
import { blockOf, coinbaseTransaction, withNonce, witnessCommitment } from '../src/miner/block-template.js';
import { concatBytes, EMPTY_BYTES, type Hash256 } from '../src/primitives/bytes.js';
import { Transaction } from '../src/primitives/transaction.js';
import { NodeClock } from '../src/runtime/clock.js';
import { assert } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { SigHash } from '../src/script/hash-type.js';
import { witnessV0SignatureHash } from '../src/script/sighash.js';
import { p2pkh, p2wpkh } from '../src/script/templates.js';
import { PrecomputedTxData } from '../src/script/tx-data.js';

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

interface OwnCoin {
  readonly txid: Hash256;
  readonly vout: number;
  readonly value: number;
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
    const nonce = new HeaderScanner(candidate.header.raw, REGTEST_TARGET).scan(0, 0xffffffff);
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

/** One key, its coins in order of age, and payments from the oldest. */
class BenchWallet {
  private readonly key = sha256(Buffer.from('blocksmith bench chain'));
  private readonly publicKey = publicKeyOf(this.key, true);
  private readonly keyHash = hash160(this.publicKey);
  readonly script = p2wpkh(this.keyHash);
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
    const made: Transaction[] = [];
    for (let i = 0; i < count; i++) {
      const coin = this.spendable.shift();
      assert(coin !== undefined, 'a coin to spend');
      made.push(this.split(coin));
    }
    return made;
  }

  private split(coin: OwnCoin): Transaction {
    const first = Math.floor((coin.value - FEE) / 2);
    const outputs = [
      { value: first, script: this.script },
      { value: coin.value - FEE - first, script: this.script },
    ];
    const input = {
      prevout: { txid: coin.txid, vout: coin.vout },
      scriptSig: EMPTY_BYTES,
      sequence: 0xffffffff,
      witness: [] as Uint8Array[],
    };
    const parts = { version: 2, inputs: [input], outputs, lockTime: 0 };
    const data = new PrecomputedTxData(Transaction.from(parts));
    const hash = witnessV0SignatureHash(data, 0, p2pkh(this.keyHash), coin.value, SigHash.ALL);
    const signature = concatBytes(signEcdsa(this.key, hash), Uint8Array.of(SigHash.ALL));
    const tx = Transaction.from({ ...parts, inputs: [{ ...input, witness: [signature, this.publicKey] }] });
    outputs.forEach((output, vout) => {
      this.spendable.push({ txid: tx.txid, vout, value: output.value });
    });
    return tx;
  }
}
