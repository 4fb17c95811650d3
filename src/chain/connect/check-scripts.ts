import { type BlockRejection, reject } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import type { Coin } from '../../primitives/coin.js';
import type { Transaction } from '../../primitives/transaction.js';
import { scriptErrorText } from '../../script/error-text.js';
import type { ScriptFlags } from '../../script/flags.js';
import type { ScriptExecutionCache, ScriptVerifier } from '../scripts.js';

export interface ScriptChecks {
  readonly verifier: ScriptVerifier;
  readonly cache: ScriptExecutionCache;
  /** Remember the transactions that pass: for a block that is only tried, and may come back as a real one. */
  readonly remember: boolean;
  /** The verdict may wait until other blocks have come, to be checked together with them. */
  readonly mayGather?: boolean;
}

/** A transaction whose scripts fail makes its block break the rules of consensus. */
export interface ScriptRejection {
  readonly tx: Transaction;
  readonly rejection: BlockRejection;
}

/**
 * Checks the scripts of the first `spent.length` transactions after the coinbase. Those that the cache knows to pass
 * under these flags are not run again.
 *
 * Effects: with `remember`, adds to the cache.
 */
export async function checkBlockScripts(
  block: Block,
  spent: readonly (readonly Coin[])[],
  flags: ScriptFlags,
  { verifier, cache, remember, mayGather = false }: ScriptChecks,
): Promise<ScriptRejection | undefined> {
  const transactions: Transaction[] = [];
  const coins: (readonly Coin[])[] = [];
  spent.forEach((inputs, index) => {
    const tx = block.transactions[index + 1] as Transaction;
    if (cache.has(tx, flags)) return;
    transactions.push(tx);
    coins.push(inputs);
  });
  if (transactions.length === 0) return undefined;
  const failure = await verifier.verify({ transactions, spent: coins, flags }, mayGather);
  if (failure !== undefined) {
    const text = scriptErrorText(failure.error);
    const rejection = reject('consensus', `mandatory-script-verify-flag-failed (${text})`);
    return { tx: transactions[failure.txIndex] as Transaction, rejection };
  }
  if (remember) for (const tx of transactions) cache.add(tx, flags);
  return undefined;
}
