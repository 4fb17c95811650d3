import { bytesEqual } from '../../primitives/bytes.js';
import { outPointKey } from '../../primitives/outpoint.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { WalletTx } from './wallet-tx.js';

/**
 * Gives transactions that are the same but for their signatures (malleated copies) the notes and time of the oldest.
 *
 * @param rivals transactions that spend the same coin
 * @returns those that were changed
 */
export function copyNotes(rivals: readonly WalletTx[]): WalletTx[] {
  const oldest = rivals.reduce((a, b) => (b.order < a.order ? b : a));
  const changed: WalletTx[] = [];
  for (const wtx of rivals) {
    if (wtx === oldest || !isEquivalent(wtx.tx, oldest.tx)) continue;
    wtx.notes.clear();
    for (const [name, text] of oldest.notes) wtx.notes.set(name, text);
    wtx.timeSmart = oldest.timeSmart;
    wtx.fromMe = oldest.fromMe;
    changed.push(wtx);
  }
  return changed;
}

/** True when only scriptSigs and witnesses differ. */
function isEquivalent(a: Transaction, b: Transaction): boolean {
  if (a.version !== b.version || a.lockTime !== b.lockTime) return false;
  if (a.inputCount !== b.inputCount || a.outputCount !== b.outputCount) return false;
  const sameInputs = a.inputs.every((input, i) => {
    const other = b.inputs[i];
    return (
      other !== undefined &&
      input.sequence === other.sequence &&
      outPointKey(input.prevout.txid, input.prevout.vout) ===
        outPointKey(other.prevout.txid, other.prevout.vout)
    );
  });
  return (
    sameInputs &&
    a.outputs.every((output, i) => {
      const other = b.outputs[i];
      return other !== undefined && output.value === other.value && bytesEqual(output.script, other.script);
    })
  );
}
