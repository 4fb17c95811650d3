import { type FeeRate, feeAt } from '../primitives/feerate.js';
import { outputSize, type TxOutput } from '../primitives/transaction.js';
import { isUnspendable, isWitnessProgram } from './parse.js';

/** Outpoint, script length, sequence: what an input takes beside its script. */
const INPUT_OVERHEAD = 32 + 4 + 1 + 4;
/** A signature and a compressed key with their lengths. */
const SPEND_SCRIPT_SIZE = 107;
/** The same in a witness, which weighs a quarter. Kept for taproot too, though spending that costs less. */
const SPEND_WITNESS_VSIZE = Math.floor(SPEND_SCRIPT_SIZE / 4);

/** Satoshis below which an output costs more to create and spend than it holds; 0 for one that nobody can spend. */
export function dustThreshold(output: TxOutput, dustRelayFeeRate: FeeRate): number {
  if (isUnspendable(output.script)) return 0;
  const spend = isWitnessProgram(output.script) === undefined ? SPEND_SCRIPT_SIZE : SPEND_WITNESS_VSIZE;
  return feeAt(dustRelayFeeRate, outputSize(output) + INPUT_OVERHEAD + spend);
}

export function isDust(output: TxOutput, dustRelayFeeRate: FeeRate): boolean {
  return output.value < dustThreshold(output, dustRelayFeeRate);
}
