import { COINBASE_MATURITY } from '../src/consensus/limits.js';
import type { Transaction } from '../src/primitives/transaction.js';
import { defined } from '../src/runtime/errors.js';
import { ChainWriter, type GeneratedChain } from './chain-writer.js';
import { MixedPayer } from './mixed-payer.js';

export interface FullBlocksSpec {
  /** Blocks of about a megabyte each, which is what comes last in the chain. */
  readonly fullBlocks: number;
  /** Satoshis of fee of a payment in them. Chains that differ in it have all blocks before them in common, and no payment. */
  readonly fee: number;
}

export interface FullBlocksChain extends GeneratedChain {
  /** Signatures in all payments. */
  readonly signatures: number;
}

/** Payments are added to a full block until they have so many bytes. */
const FULL_BLOCK_SIZE = 1_000_000;

/** Before the full blocks so many coinbases are shared out, one a block, to so many coins: enough for the first full block. */
const SHARED_OUT = 4;
const SHARES = 2000;
const SHARE_OUT_FEE = 1_000_000;

/** Of the last block that all chains have in common. */
export const LAST_COMMON_HEIGHT = COINBASE_MATURITY + SHARED_OUT;

/**
 * Writes a regtest chain into an empty data directory whose last blocks are full of payments from and to P2PKH, P2WPKH, P2TR
 * (key path), and multisig as it is, in P2SH and in P2WSH. There are more coins after each of them. The same spec gives the
 * same chain. The scripts were not run before somebody gets the chain.
 */
export async function generateFullBlocks(dataDir: string, spec: FullBlocksSpec): Promise<FullBlocksChain> {
  const writer = await ChainWriter.open(dataDir, {
    blocks: LAST_COMMON_HEIGHT + spec.fullBlocks,
    trustScripts: true,
  });
  const payer = new MixedPayer();
  const coinbases: Transaction[] = [];
  for (let height = 1; height <= COINBASE_MATURITY; height++)
    coinbases.push(await writer.add([], 0, payer.rewardScript));
  for (let shared = 0; shared < SHARED_OUT; shared++) {
    const coinbase = defined(coinbases[shared], 'a mature coinbase');
    const tx = payer.shareOut(coinbase, SHARES, SHARE_OUT_FEE);
    await writer.add([tx], SHARE_OUT_FEE, payer.rewardScript);
  }
  for (let full = 0; full < spec.fullBlocks; full++) {
    const payments = fullBlock(payer, spec.fee);
    await writer.add(payments, payments.length * spec.fee, payer.rewardScript);
  }
  return { ...(await writer.close()), signatures: payer.signatures };
}

function fullBlock(payer: MixedPayer, fee: number): Transaction[] {
  const payments: Transaction[] = [];
  for (let size = 0; size < FULL_BLOCK_SIZE; ) {
    const tx = payer.payment(fee);
    payments.push(tx);
    size += tx.totalSize;
  }
  return payments;
}
