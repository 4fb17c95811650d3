import { compactSizeLength } from '../../primitives/codec.js';
import { WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';

/** A feerate as Core's messages write it: `1.000 sat/vB`. */
export function formatSatPerVb(rate: number): string {
  return `${(rate / 1000).toFixed(3)} sat/vB`;
}

/** Virtual size of a weight. */
export function vsizeOf(weight: number): number {
  return Math.ceil(weight / WITNESS_SCALE_FACTOR);
}

/** Bytes of a transaction without inputs and outputs: version, lock time, one byte of input count, segwit marks. */
export function overheadSize(outputCount: number): number {
  return 10 + compactSizeLength(outputCount);
}
