import type { BlockUndo } from '../../chain/chain.js';
import { isBip30Repeat } from '../../consensus/block-flags.js';
import type { Block } from '../../primitives/block.js';
import type { Coin } from '../../primitives/coin.js';
import { outputSize, type Transaction, WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import { isUnspendable } from '../../script/parse.js';
import type { JsonValue } from '../json.js';

/** Bytes of a coin beside its output: outpoint, height, coinbase flag. */
const UTXO_OVERHEAD = 36 + 4 + 1;

/** Shares of a block's weight at which feerates are shown. */
const PERCENTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** What a block's transactions come to; satoshis, bytes, weight units. The coinbase counts only where it says so. */
interface Totals {
  /** With the coinbase's. */
  outputs: number;
  inputs: number;
  totalOut: number;
  totalFee: number;
  totalSize: number;
  totalWeight: number;
  segwitCount: number;
  segwitSize: number;
  segwitWeight: number;
  /** Growth of the set of unspent outputs in bytes; `actual` leaves out what never gets there. */
  utxoSize: number;
  utxoSizeActual: number;
  /** Outputs that entered the set. */
  utxos: number;
}

/** One transaction's share in the statistics of fees and sizes. */
interface TxFigures {
  readonly size: number;
  readonly weight: number;
  readonly fee: number;
  /** Whole satoshis per vbyte. */
  readonly feeRate: number;
}

export interface BlockStatsFacts {
  readonly height: number;
  readonly time: number;
  readonly medianTime: number;
  readonly subsidy: number;
  readonly hashHex: string;
}

/** All statistics of getblockstats. */
export function blockStatsView(
  block: Block,
  undo: BlockUndo,
  facts: BlockStatsFacts,
): { readonly [key: string]: JsonValue } {
  const { totals, figures } = measure(block, undo, facts.height);
  const sizes = figures.map(({ size }) => size);
  const fees = figures.map(({ fee }) => fee);
  const feeRates = figures.map(({ feeRate }) => feeRate);
  const count = figures.length;
  return {
    avgfee: average(totals.totalFee, count),
    avgfeerate: average(totals.totalFee * WITNESS_SCALE_FACTOR, totals.totalWeight),
    avgtxsize: average(totals.totalSize, count),
    blockhash: facts.hashHex,
    feerate_percentiles: percentilesByWeight(figures, totals.totalWeight),
    height: facts.height,
    ins: totals.inputs,
    maxfee: greatest(fees),
    maxfeerate: greatest(feeRates),
    maxtxsize: greatest(sizes),
    medianfee: truncatedMedian(fees),
    mediantime: facts.medianTime,
    mediantxsize: truncatedMedian(sizes),
    minfee: least(fees),
    minfeerate: least(feeRates),
    mintxsize: least(sizes),
    outs: totals.outputs,
    subsidy: facts.subsidy,
    swtotal_size: totals.segwitSize,
    swtotal_weight: totals.segwitWeight,
    swtxs: totals.segwitCount,
    time: facts.time,
    total_out: totals.totalOut,
    total_size: totals.totalSize,
    total_weight: totals.totalWeight,
    totalfee: totals.totalFee,
    txs: block.transactions.length,
    utxo_increase: totals.outputs - totals.inputs,
    utxo_size_inc: totals.utxoSize,
    utxo_increase_actual: totals.utxos - totals.inputs,
    utxo_size_inc_actual: totals.utxoSizeActual,
  };
}

function measure(
  block: Block,
  undo: BlockUndo,
  height: number,
): { readonly totals: Totals; readonly figures: readonly TxFigures[] } {
  const totals: Totals = {
    outputs: 0,
    inputs: 0,
    totalOut: 0,
    totalFee: 0,
    totalSize: 0,
    totalWeight: 0,
    segwitCount: 0,
    segwitSize: 0,
    segwitWeight: 0,
    utxoSize: 0,
    utxoSizeActual: 0,
    utxos: 0,
  };
  const figures: TxFigures[] = [];
  const createsNothing = height === 0 || isBip30Repeat(height, block.hash);
  for (const [index, tx] of block.transactions.entries()) {
    const isCoinbase = index === 0;
    const totalOut = addOutputs(tx, isCoinbase && createsNothing, totals);
    if (isCoinbase) continue;
    totals.totalOut += totalOut;
    figures.push(addSpending(tx, undo[index - 1] ?? [], totalOut, totals));
  }
  return { totals, figures };
}

/** @returns satoshis of all outputs */
function addOutputs(tx: Transaction, createsNothing: boolean, totals: Totals): number {
  let total = 0;
  totals.outputs += tx.outputCount;
  for (const output of tx.outputs) {
    const size = outputSize(output) + UTXO_OVERHEAD;
    total += output.value;
    totals.utxoSize += size;
    if (createsNothing || isUnspendable(output.script)) continue;
    totals.utxos++;
    totals.utxoSizeActual += size;
  }
  return total;
}

function addSpending(tx: Transaction, spent: readonly Coin[], totalOut: number, totals: Totals): TxFigures {
  const { totalSize: size, weight } = tx;
  totals.inputs += tx.inputCount;
  totals.totalSize += size;
  totals.totalWeight += weight;
  if (tx.hasWitness) {
    totals.segwitCount++;
    totals.segwitSize += size;
    totals.segwitWeight += weight;
  }
  let totalIn = 0;
  for (const coin of spent) {
    const coinSize = outputSize(coin) + UTXO_OVERHEAD;
    totalIn += coin.value;
    totals.utxoSize -= coinSize;
    totals.utxoSizeActual -= coinSize;
  }
  const fee = totalIn - totalOut;
  totals.totalFee += fee;
  return { size, weight, fee, feeRate: average(fee * WITNESS_SCALE_FACTOR, weight) };
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : Math.trunc(sum / count);
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function least(values: readonly number[]): number {
  const [first = 0, ...others] = values;
  return others.reduce((low, value) => Math.min(low, value), first);
}

/** Of an even number of values, the mean of the middle two without its fraction. */
function truncatedMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : Math.trunc(((sorted[middle - 1] ?? 0) + upper) / 2);
}

/** Feerates below which the given shares of the weight pay. */
export function percentilesByWeight(
  figures: readonly Pick<TxFigures, 'feeRate' | 'weight'>[],
  totalWeight: number,
): number[] {
  const sorted = [...figures].sort((a, b) => a.feeRate - b.feeRate || a.weight - b.weight);
  const result: number[] = [];
  let cumulative = 0;
  for (const { feeRate, weight } of sorted) {
    cumulative += weight;
    while (result.length < PERCENTILES.length) {
      if (cumulative < totalWeight * (PERCENTILES[result.length] as number)) break;
      result.push(feeRate);
    }
  }
  while (result.length < PERCENTILES.length) result.push(sorted.at(-1)?.feeRate ?? 0);
  return result;
}
