import { Reader, Writer } from '../../primitives/codec.js';
import { Transaction } from '../../primitives/transaction.js';
import type { SpentOutput } from '../../script/tx-data.js';
import { type Spend, verifySpends } from '../../script/verify-spends.js';
import type { ScriptFailure, ScriptJob } from '../scripts.js';

/** Inputs `from` to before `to` of a transaction of a job. */
export interface InputRange {
  readonly txIndex: number;
  readonly from: number;
  readonly to: number;
}

/** Part of a job that one thread does at a time: ranges in block order. */
export type BatchPlan = readonly InputRange[];

/**
 * Splits a job into batches of about `batchInputs` inputs, in block order. A transaction goes along whole with each part
 * of its inputs, so that one with very many inputs is split into no more than `maxParts`, however large they are.
 */
export function planBatches(job: ScriptJob, batchInputs: number, maxParts: number): BatchPlan[] {
  const plans: InputRange[][] = [];
  let plan: InputRange[] = [];
  let inputs = 0;
  job.transactions.forEach((tx, txIndex) => {
    const partInputs = Math.max(Math.ceil(tx.inputCount / maxParts), batchInputs);
    for (let from = 0; from < tx.inputCount; from += partInputs) {
      const to = Math.min(tx.inputCount, from + partInputs);
      plan.push({ txIndex, from, to });
      inputs += to - from;
      if (inputs < batchInputs) continue;
      plans.push(plan);
      plan = [];
      inputs = 0;
    }
  });
  if (plan.length > 0) plans.push(plan);
  return plans;
}

/**
 * A batch as bytes, in a buffer of its own that can be transferred to a thread:
 *
 *   u32 flags, u32 number of ranges, and for each range
 *   u32 index of the transaction in the job, u32 from, u32 to, CompactSize and bytes of the transaction,
 *   for each of its inputs the amount (i64) and script (CompactSize and bytes) of the output it spends
 *
 * All outputs spent go along, even for part of a transaction: taproot signatures commit to all of them.
 */
export function packBatch(job: ScriptJob, plan: BatchPlan): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64 * 1024).u32(job.flags).u32(plan.length);
  for (const { txIndex, from, to } of plan) {
    const tx = job.transactions[txIndex] as Transaction;
    writer.u32(txIndex).u32(from).u32(to).varBytes(tx.raw);
    for (const { value, script } of job.spent[txIndex] ?? []) writer.amount(value).varBytes(script);
  }
  return new Uint8Array(writer.finish());
}

/** Checks a packed batch; tells the first input that fails. */
export function verifyBatch(packed: Uint8Array): ScriptFailure | undefined {
  const reader = new Reader(packed);
  const flags = reader.u32();
  const indexes: number[] = [];
  const spends: Spend[] = [];
  for (let ranges = reader.u32(); ranges > 0; ranges--) {
    indexes.push(reader.u32());
    const from = reader.u32();
    const to = reader.u32();
    const tx = Transaction.parse(reader.varBytes());
    const spent: SpentOutput[] = [];
    for (let i = 0; i < tx.inputCount; i++) spent.push({ value: reader.amount(), script: reader.varBytes() });
    spends.push({ tx, spent, from, to });
  }
  const failure = verifySpends(spends, flags);
  if (failure === undefined) return undefined;
  const { index, inputIndex, error } = failure;
  return { txIndex: indexes[index] as number, inputIndex, error };
}
