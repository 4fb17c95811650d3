import { setImmediate } from 'node:timers/promises';
import { groupSpends, verifySpends } from '../../script/verify-spends.js';
import type { ScriptFailure, ScriptJob } from '../scripts.js';

/** Inputs checked before the event loop gets a turn: about 10 ms with the native curve library. */
const INPUTS_PER_TURN = 128;

/** Checks a job on the main thread, in block order. */
export async function verifyOnMainThread(job: ScriptJob): Promise<ScriptFailure | undefined> {
  const spends = job.transactions.map((tx, txIndex) => ({
    tx,
    spent: job.spent[txIndex] ?? [],
    from: 0,
    to: tx.inputCount,
  }));
  let first = 0;
  for (const group of groupSpends(spends, INPUTS_PER_TURN)) {
    if (first > 0) await setImmediate();
    const failure = verifySpends(group, job.flags);
    if (failure !== undefined) {
      const { index, inputIndex, error } = failure;
      return { txIndex: first + index, inputIndex, error };
    }
    first += group.length;
  }
  return undefined;
}
