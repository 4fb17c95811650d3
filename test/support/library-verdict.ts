import { type Prevout, verifyInput } from '../../src/library/index.js';
import type { Transaction } from '../../src/primitives/transaction.js';
import { ScriptFlag, type ScriptFlags, scriptFlagNames } from '../../src/script/flags.js';

/**
 * What the public entry says of an input: 'OK' or the script error. TAPROOT without WITNESS, which the vectors have and
 * which has no effect, is left out: the entry refuses it.
 */
export function libraryVerdict(
  tx: Transaction,
  inputIndex: number,
  prevouts: readonly Prevout[],
  flags: ScriptFlags,
): string {
  const effective = (flags & ScriptFlag.WITNESS) === 0 ? flags & ~ScriptFlag.TAPROOT : flags;
  const result = verifyInput({ tx: tx.raw, inputIndex, prevouts, flags: scriptFlagNames(effective) });
  return result.ok ? 'OK' : result.error;
}
