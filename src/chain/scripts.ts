import type { Coin } from '../primitives/coin.js';
import type { Transaction } from '../primitives/transaction.js';
import type { ScriptErrorCode } from '../script/errors.js';
import type { ScriptFlags } from '../script/flags.js';

/** First input whose script failed, in block order, and why. */
export interface ScriptFailure {
  readonly txIndex: number;
  readonly inputIndex: number;
  readonly error: ScriptErrorCode;
}

/** Transactions with the coins they spend, in input order. */
export interface ScriptJob {
  readonly transactions: readonly Transaction[];
  readonly spent: readonly (readonly Coin[])[];
  readonly flags: ScriptFlags;
}

/**
 * Tells which transactions had all their scripts checked before, under at least the given flags: the mempool's work is
 * not done twice when their block arrives. Keys are `hash(salt ‖ wtxid ‖ flags)`.
 */
export interface ScriptExecutionCache {
  has(tx: Transaction, flags: ScriptFlags): boolean;
  add(tx: Transaction, flags: ScriptFlags): void;
}

/** Checks scripts; the block connector has one that uses worker threads. */
export interface ScriptVerifier {
  /** @param mayGather the job may wait for others that will soon come, to be checked together with them */
  verify(job: ScriptJob, mayGather?: boolean): Promise<ScriptFailure | undefined>;
  /** Very many blocks are to be checked soon: threads that take time to start may start now. */
  prepare?(): void;
}
