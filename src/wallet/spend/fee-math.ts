import { compactSizeLength } from '../../primitives/codec.js';
import { outputSize, type TxOutput, WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import { isUnspendable, isWitnessProgram } from '../../script/parse.js';

/** Satoshis that `vsize` vbytes cost at a feerate in satoshis per 1000 vbytes, rounded up (Core's CFeeRate::GetFee). */
export function feeFor(rate: number, vsize: number): number {
  return Math.ceil((rate * vsize) / 1000);
}

/** A feerate as Core's messages write it: `1.000 sat/vB`. */
export function formatSatPerVb(rate: number): string {
  return `${(rate / 1000).toFixed(3)} sat/vB`;
}

/** Outpoint, script length, sequence of an input, and 107 bytes of signature and key, as dust is defined. */
const SPEND_SIZE = 32 + 4 + 1 + 107 + 4;
const WITNESS_SPEND_SIZE = 32 + 4 + 1 + Math.floor(107 / WITNESS_SCALE_FACTOR) + 4;

/** Least value of an output that is worth spending at the feerate (Core's GetDustThreshold). */
export function dustThreshold(output: TxOutput, rate: number): number {
  if (isUnspendable(output.script)) return 0;
  const spendSize = isWitnessProgram(output.script) === undefined ? SPEND_SIZE : WITNESS_SPEND_SIZE;
  return feeFor(rate, outputSize(output) + spendSize);
}

export function isDust(output: TxOutput, rate: number): boolean {
  return output.value < dustThreshold(output, rate);
}

/** Virtual size of a weight. */
export function vsizeOf(weight: number): number {
  return Math.ceil(weight / WITNESS_SCALE_FACTOR);
}

/** Bytes of a transaction without inputs and outputs: version, lock time, one byte of input count, segwit marks. */
export function overheadSize(outputCount: number): number {
  return 10 + compactSizeLength(outputCount);
}
