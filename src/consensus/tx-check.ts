import { isMoney, MAX_MONEY } from '../primitives/amount.js';
import { isNullOutPoint, type OutPointKey } from '../primitives/outpoint.js';
import { type Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { defined } from '../runtime/errors.js';
import { MAX_BLOCK_WEIGHT, MAX_COINBASE_SCRIPT_SIZE, MIN_COINBASE_SCRIPT_SIZE } from './limits.js';
import { reject, type TxRejection } from './rejection.js';

/** The rules that a transaction must meet by itself, in Core's order. Looks at neither coins nor signatures. */
export function checkTransaction(tx: Transaction): TxRejection | undefined {
  if (tx.inputCount === 0) return reject('consensus', 'bad-txns-vin-empty');
  if (tx.outputCount === 0) return reject('consensus', 'bad-txns-vout-empty');
  // Without the witness, which is not yet known to be the one that the block commits to.
  if (tx.baseSize * WITNESS_SCALE_FACTOR > MAX_BLOCK_WEIGHT) return reject('consensus', 'bad-txns-oversize');
  return checkOutputs(tx) ?? checkDuplicateInputs(tx) ?? checkPrevouts(tx);
}

/** CVE-2010-5139: neither an output nor any sum of outputs leaves the money range. */
function checkOutputs(tx: Transaction): TxRejection | undefined {
  let total = 0;
  for (const { value } of tx.outputs) {
    if (value < 0) return reject('consensus', 'bad-txns-vout-negative');
    if (value > MAX_MONEY) return reject('consensus', 'bad-txns-vout-toolarge');
    total += value;
    if (!isMoney(total)) return reject('consensus', 'bad-txns-txouttotal-toolarge');
  }
  return undefined;
}

/** CVE-2018-17144: an outpoint spent twice by one transaction would create money. */
function checkDuplicateInputs(tx: Transaction): TxRejection | undefined {
  if (tx.inputCount === 1) return undefined;
  const seen = new Set<OutPointKey>();
  for (let i = 0; i < tx.inputCount; i++) {
    const key = tx.prevoutKey(i);
    if (seen.has(key)) return reject('consensus', 'bad-txns-inputs-duplicate');
    seen.add(key);
  }
  return undefined;
}

function checkPrevouts(tx: Transaction): TxRejection | undefined {
  if (tx.isCoinbase) {
    const size = defined(tx.inputs[0], 'input of a coinbase').scriptSig.length;
    const fits = size >= MIN_COINBASE_SCRIPT_SIZE && size <= MAX_COINBASE_SCRIPT_SIZE;
    return fits ? undefined : reject('consensus', 'bad-cb-length');
  }
  const hasNull = tx.inputs.some(input => isNullOutPoint(input.prevout));
  return hasNull ? reject('consensus', 'bad-txns-prevout-null') : undefined;
}
