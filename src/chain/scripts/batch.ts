import { compactSizeLength, Reader, Writer } from '../../primitives/codec.js';
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

/** What a batch has of one job: ranges in block order. */
export interface BatchPart {
  readonly job: ScriptJob;
  readonly ranges: readonly InputRange[];
}

/** What one thread does at a time: parts of jobs, in the order of the jobs. */
export type Batch = readonly BatchPart[];

/** The failures that a batch has, for each of its parts; undefined when there are none. */
export type BatchVerdict = readonly (ScriptFailure | undefined)[] | undefined;

/**
 * A batch as bytes, which a thread can work on:
 *
 *   u32 number of parts, and for each part
 *   u32 flags, u32 number of ranges, and for each range
 *   u32 index of the transaction in the job, u32 from, u32 to, CompactSize and bytes of the transaction,
 *   for each of its inputs the amount (i64) and script (CompactSize and bytes) of the output it spends
 *
 * All outputs spent go along, even for part of a transaction: taproot signatures commit to all of them.
 *
 * @param roomFor gives memory of so many bytes at least, which the batch is a view of
 */
export function packBatch(
  batch: Batch,
  roomFor: (size: number) => Uint8Array = size => new Uint8Array(size),
): Uint8Array {
  const writer = new Writer(roomFor(packedSize(batch))).u32(batch.length);
  for (const { job, ranges } of batch) {
    writer.u32(job.flags).u32(ranges.length);
    for (const { txIndex, from, to } of ranges) {
      const tx = job.transactions[txIndex] as Transaction;
      writer.u32(txIndex).u32(from).u32(to).varBytes(tx.raw);
      for (const { value, script } of job.spent[txIndex] ?? []) writer.amount(value).varBytes(script);
    }
  }
  return writer.finish();
}

function packedSize(batch: Batch): number {
  let size = 4;
  for (const { job, ranges } of batch) {
    size += 8;
    for (const { txIndex } of ranges) {
      size += 12 + varBytesSize((job.transactions[txIndex] as Transaction).totalSize);
      for (const { script } of job.spent[txIndex] ?? []) size += 8 + varBytesSize(script.length);
    }
  }
  return size;
}

function varBytesSize(length: number): number {
  return compactSizeLength(length) + length;
}

/** Checks a packed batch; tells the first input that fails of each part. */
export function verifyBatch(packed: Uint8Array): BatchVerdict {
  const parts = unpackBatch(packed);
  if (parts.length > 1 && haveSameFlags(parts)) {
    // The more Schnorr signatures are checked together, the less each takes.
    const all = parts.flatMap(({ spends }) => spends);
    if (verifySpends(all, (parts[0] as UnpackedPart).flags) === undefined) return undefined;
  }
  const failures = parts.map(verifyPart);
  return failures.some(failure => failure !== undefined) ? failures : undefined;
}

interface UnpackedPart {
  readonly flags: number;
  /** Of each spend, which transaction of the job it is. */
  readonly indexes: readonly number[];
  readonly spends: readonly Spend[];
}

function unpackBatch(packed: Uint8Array): UnpackedPart[] {
  const reader = new Reader(packed);
  const parts: UnpackedPart[] = [];
  for (let count = reader.u32(); count > 0; count--) parts.push(unpackPart(reader));
  return parts;
}

function unpackPart(reader: Reader): UnpackedPart {
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
  return { flags, indexes, spends };
}

function haveSameFlags(parts: readonly UnpackedPart[]): boolean {
  return parts.every(({ flags }) => flags === parts[0]?.flags);
}

function verifyPart({ flags, indexes, spends }: UnpackedPart): ScriptFailure | undefined {
  const failure = verifySpends(spends, flags);
  if (failure === undefined) return undefined;
  const { index, inputIndex, error } = failure;
  return { txIndex: indexes[index] as number, inputIndex, error };
}
