import type { Transaction } from '../../primitives/transaction.js';
import { TransactionChecker } from '../../script/checker.js';
import type { ScriptErrorCode } from '../../script/errors.js';
import type { ScriptFlags } from '../../script/flags.js';
import { PrecomputedTxData, type SpentOutput } from '../../script/tx-data.js';
import { verifyScript } from '../../script/verify.js';

export interface InputFailure {
  readonly inputIndex: number;
  readonly error: ScriptErrorCode;
}

/**
 * Runs the scripts of inputs `from` to before `to` of a transaction, in order, and stops at the first that fails.
 *
 * @param spent the outputs that all of its inputs spend
 */
export function verifyInputs(
  tx: Transaction,
  spent: readonly SpentOutput[],
  flags: ScriptFlags,
  from = 0,
  to = tx.inputCount,
): InputFailure | undefined {
  const txdata = new PrecomputedTxData(tx, spent);
  for (let inputIndex = from; inputIndex < to; inputIndex++) {
    const input = tx.inputs[inputIndex];
    const output = spent[inputIndex];
    if (input === undefined || output === undefined) return { inputIndex, error: 'UNKNOWN_ERROR' };
    const checker = new TransactionChecker(tx, inputIndex, output.value, txdata);
    const error = verifyScript(input.scriptSig, output.script, input.witness, flags, checker);
    if (error !== 'OK') return { inputIndex, error };
  }
  return undefined;
}
