import { Transaction } from '../primitives/transaction.js';
import type { ScriptFailureCode } from '../script/errors.js';
import { PrecomputedTxData } from '../script/tx-data.js';
import { verifyInputs } from '../script/verify-inputs.js';
import { bytesArgument, prevoutsArgument, properties, shown } from './arguments.js';
import { flagsArgument } from './flags.js';
import { UsageError } from './usage-error.js';

/** Core's name of what went wrong in a script: ScriptError without SCRIPT_ERR_, as script_tests.json spells it. */
export type ScriptErrorName = ScriptFailureCode;

/** An output that an input spends. */
export interface Prevout {
  /** Satoshis. */
  readonly value: number;
  /** scriptPubKey. */
  readonly script: Uint8Array;
}

export interface VerifyInputRequest {
  /** One serialised transaction, with its witness if it has one. */
  readonly tx: Uint8Array;
  /** The input to verify, counted from 0. */
  readonly inputIndex: number;
  /** The output that each input of the transaction spends, in input order: taproot signatures commit to all of them. */
  readonly prevouts: readonly Prevout[];
  /**
   * Names of the rules, of {@link SCRIPT_FLAGS}. WITNESS needs P2SH; TAPROOT and CLEANSTACK need WITNESS. An empty list
   * is the rules of 2009.
   */
  readonly flags: readonly string[];
}

export type VerifyInputResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: ScriptErrorName };

/**
 * Decides whether an input of a transaction may spend its output: runs scriptSig, scriptPubKey, redeem script and
 * witness, and checks the signatures in them, as Bitcoin Core does. Looks at no amounts, lock times of the whole
 * transaction, or coins: those are rules of the transaction, not of the script.
 *
 * @returns whether it may, and if not, Core's name of the script error
 * @throws DecodeError when `tx` is not a serialised transaction
 * @throws UsageError when the request has no answer: an input that is not there, too few or too many prevouts, an
 *   unknown flag, a flag without one that it needs, a value that is no amount
 * @example
 * import assert from 'node:assert/strict';
 * import { fromHex, verifyInput } from 'blocksmith/consensus';
 *
 * // Version 1, one input with an empty scriptSig, one output, no lock time.
 * const tx = fromHex(`01000000${'01'}${'aa'.repeat(32)}0000000000ffffffff${'01'}0000000000000000${'00'}00000000`);
 * const spend = script => verifyInput({
 *   tx,
 *   inputIndex: 0,
 *   prevouts: [{ value: 5_000, script: fromHex(script) }],
 *   flags: ['P2SH', 'WITNESS', 'TAPROOT'],
 * });
 * assert.deepEqual(spend('51'), { ok: true }); // OP_1
 * assert.deepEqual(spend('00'), { ok: false, error: 'EVAL_FALSE' }); // OP_0
 * assert.deepEqual(spend('6a'), { ok: false, error: 'OP_RETURN' });
 */
export function verifyInput(request: VerifyInputRequest): VerifyInputResult {
  const { tx: bytes, inputIndex, prevouts, flags: names } = properties(request, 'request');
  const flags = flagsArgument(names);
  const tx = Transaction.parse(bytesArgument(bytes, 'tx'));
  const index = indexArgument(inputIndex, tx);
  const txdata = new PrecomputedTxData(tx, prevoutsArgument(prevouts, tx.inputCount, 'prevouts'));
  const failure = verifyInputs(txdata, flags, index, index + 1);
  return failure === undefined ? { ok: true } : { ok: false, error: failure.error };
}

function indexArgument(index: unknown, { inputCount }: Transaction): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < inputCount) return index;
  const range = inputCount === 0 ? 'no inputs' : `inputs 0 to ${inputCount - 1}`;
  throw new UsageError('input-index', `inputIndex is ${shown(index)}, but the transaction has ${range}`);
}
