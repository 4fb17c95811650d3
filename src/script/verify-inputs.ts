import { defined } from '../runtime/errors.js';
import { type SchnorrVerifier, TransactionChecker } from './checker.js';
import type { ScriptFailureCode } from './errors.js';
import type { ScriptFlags } from './flags.js';
import type { PrecomputedTxData } from './tx-data.js';
import { verifyScript } from './verify.js';

/** The input that failed, and why. */
export interface InputFailure {
  readonly inputIndex: number;
  readonly error: ScriptFailureCode;
}

/**
 * Runs the scripts of inputs `from` to before `to` of a transaction, in order, and stops at the first that fails.
 *
 * @param txdata of the transaction, with the outputs that all of its inputs spend
 * @param schnorr decides on Schnorr signatures, if not the curve
 */
export function verifyInputs(
  txdata: PrecomputedTxData,
  flags: ScriptFlags,
  from = 0,
  to = txdata.tx.inputCount,
  schnorr?: SchnorrVerifier,
): InputFailure | undefined {
  const { tx, spentOutputs } = txdata;
  for (let inputIndex = from; inputIndex < to; inputIndex++) {
    const output = defined(spentOutputs?.[inputIndex], 'output that an input spends');
    const checker = new TransactionChecker(tx, inputIndex, output.value, txdata, undefined, schnorr);
    const error = verifyScript(
      tx.scriptSig(inputIndex),
      output.script,
      tx.witness(inputIndex),
      flags,
      checker,
    );
    if (error !== 'OK') return { inputIndex, error };
  }
  return undefined;
}
