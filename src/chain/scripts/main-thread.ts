import { setImmediate } from 'node:timers/promises';
import type { Transaction } from '../../primitives/transaction.js';
import { verifyInputs } from '../../script/verify-inputs.js';
import type { ScriptFailure, ScriptJob } from '../scripts.js';

/** Inputs checked before the event loop gets a turn: about 10 ms with the native curve library. */
const INPUTS_PER_TURN = 128;

/** Checks a job on the main thread, in block order. */
export async function verifyOnMainThread({
  transactions,
  spent,
  flags,
}: ScriptJob): Promise<ScriptFailure | undefined> {
  let sinceTurn = 0;
  for (let txIndex = 0; txIndex < transactions.length; txIndex++) {
    const tx = transactions[txIndex] as Transaction;
    const failure = verifyInputs(tx, spent[txIndex] ?? [], flags);
    if (failure !== undefined) return { txIndex, ...failure };
    sinceTurn += tx.inputCount;
    if (sinceTurn < INPUTS_PER_TURN) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return undefined;
}
