import { compactSizeLength } from '../../primitives/codec.js';
import { WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import type { AddressParams } from '../address-params.js';
import type { Descriptor } from '../descriptor/descriptor.js';
import { inferDescriptor } from '../descriptor/infer.js';
import { isWitnessProgram } from '../parse.js';
import type { SigningProvider } from '../signing-provider.js';
import { solve } from '../templates.js';

/** Outpoint and sequence number. */
const INPUT_FIXED_SIZE = 32 + 4 + 4;

export interface InputWeightOptions {
  /** Reckon with 72-byte ECDSA signatures: for inputs that somebody else signs. Without it, 71 bytes (low r). */
  readonly useMaxSignature?: boolean;
  /** Some input of the transaction is segwit, so every input has a witness count. True by default. */
  readonly inSegwitTransaction?: boolean;
}

/**
 * Weight of an input that spends an output of `descriptor`, once signed; an upper bound. Undefined when the descriptor does
 * not tell how to spend.
 */
export function maxInputWeight(
  descriptor: Descriptor,
  { useMaxSignature = false, inSegwitTransaction = true }: InputWeightOptions = {},
): number | undefined {
  const satisfaction = descriptor.maxSatisfactionWeight(useMaxSignature);
  const elements = descriptor.maxSatisfactionElements;
  if (satisfaction === undefined || elements === undefined) return undefined;
  const { outputType } = descriptor;
  const isSegwit = outputType !== undefined && outputType !== 'legacy';
  // The scriptSig of nested segwit is one short push; of plain segwit it is empty.
  const scriptSigLength = isSegwit ? 1 : compactSizeLength(Math.floor(satisfaction / WITNESS_SCALE_FACTOR));
  const witnessCount = isSegwit ? compactSizeLength(elements) : inSegwitTransaction ? 1 : 0;
  return (INPUT_FIXED_SIZE + scriptSigLength) * WITNESS_SCALE_FACTOR + witnessCount + satisfaction;
}

/** {@link maxInputWeight} of an output script that `provider` can solve. */
export function maxScriptInputWeight(
  script: Uint8Array,
  provider: SigningProvider,
  params: AddressParams,
  options?: InputWeightOptions,
): number | undefined {
  return maxInputWeight(inferDescriptor(script, provider, params), options);
}

/** True when an output is known to be spent with a witness: a witness program, bare or in P2SH that `provider` knows. */
export function isSegwitOutput(script: Uint8Array, provider: SigningProvider): boolean {
  if (isWitnessProgram(script) !== undefined) return true;
  const template = solve(script);
  const redeemScript = template.type === 'scripthash' ? provider.script(template.scriptHash) : undefined;
  return redeemScript !== undefined && isWitnessProgram(redeemScript) !== undefined;
}
