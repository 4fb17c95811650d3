import { COINBASE_MATURITY } from '../src/consensus/limits.js';
import type { Transaction } from '../src/primitives/transaction.js';
import { defined } from '../src/runtime/errors.js';
import { ChainWriter, type GeneratedChain } from './chain-writer.js';
import { coinsOf, type OwnCoin, Payer } from './payer.js';

export interface ChainSpec {
  readonly blocks: number;
  /** Payments besides the coinbases, spread evenly over the blocks that can have any. */
  readonly payments: number;
}

/** Satoshis of fee for each payment. */
const FEE = 1000;

/**
 * Writes a regtest chain of signed P2WPKH payments (one input, two outputs) into an empty data directory, so that a daemon
 * can serve it. The same spec gives the same chain.
 */
export async function generateChain(dataDir: string, spec: ChainSpec): Promise<GeneratedChain> {
  const writer = await ChainWriter.open(dataDir, { blocks: spec.blocks });
  const wallet = new BenchWallet();
  const paying = spec.blocks - COINBASE_MATURITY;
  for (let height = 1; height <= spec.blocks; height++) {
    const payingIndex = height - COINBASE_MATURITY;
    const due = payingIndex <= 0 ? 0 : share(spec.payments, paying, payingIndex);
    const payments = wallet.payments(due);
    wallet.mined(await writer.add(payments, payments.length * FEE, wallet.script));
  }
  return writer.close();
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

  mined(coinbase: Transaction): void {
    this.immature.push(defined(coinsOf(coinbase)[0], 'a reward'));
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
