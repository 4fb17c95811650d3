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

/** With more inputs than this they are compared by their keys, in a set; with fewer, each with each. */
const FEW_INPUTS = 8;

/** CVE-2018-17144: an outpoint spent twice by one transaction would create money. */
function checkDuplicateInputs(tx: Transaction): TxRejection | undefined {
  const hasDuplicates = tx.inputCount <= FEW_INPUTS ? fewHaveDuplicates(tx) : manyHaveDuplicates(tx);
  return hasDuplicates ? reject('consensus', 'bad-txns-inputs-duplicate') : undefined;
}

function fewHaveDuplicates(tx: Transaction): boolean {
  for (let i = 1; i < tx.inputCount; i++) {
    for (let before = 0; before < i; before++) if (tx.spendsTheSame(before, i)) return true;
  }
  return false;
}

function manyHaveDuplicates(tx: Transaction): boolean {
  const seen = new Set<OutPointKey>();
  for (let i = 0; i < tx.inputCount; i++) seen.add(tx.prevoutKey(i));
  return seen.size < tx.inputCount;
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
