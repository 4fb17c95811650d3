import { isMoney, MAX_MONEY } from '../primitives/amount.js';
import type { OutPointKey } from '../primitives/outpoint.js';
import { type Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
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
  for (let i = 0; i < tx.outputCount; i++) {
    const value = tx.outputValue(i);
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
    const { from, to } = tx.scriptSigRange(0);
    const size = to - from;
    const fits = size >= MIN_COINBASE_SCRIPT_SIZE && size <= MAX_COINBASE_SCRIPT_SIZE;
    return fits ? undefined : reject('consensus', 'bad-cb-length');
  }
  for (let i = 0; i < tx.inputCount; i++) {
    if (tx.isPrevoutNull(i)) return reject('consensus', 'bad-txns-prevout-null');
  }
  return undefined;
}
