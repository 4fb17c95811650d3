import type { Recipient } from '../../../wallet/spend/coin-control.js';
import { asInteger } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';

const INT_MAX = 2 ** 31 - 1;

/** An output asked for, with the key it was given under. */
export interface NamedOutput {
  readonly name: string;
  readonly script: Uint8Array;
  readonly value: number;
}

/**
 * Payments, some of which pay the fee: told by `true` (the first), by keys or by positions, or by nothing.
 *
 * @throws RpcError with Core's texts for positions that do not fit
 */
export function recipientsOf(outputs: readonly NamedOutput[], subtractFee: unknown): Recipient[] {
  const payers = feePayers(
    subtractFee,
    outputs.map(({ name }) => name),
  );
  return outputs.map(({ script, value }, index) => ({
    script,
    amount: value,
    subtractFee: payers.has(index),
  }));
}

function feePayers(instructions: unknown, names: readonly string[]): ReadonlySet<number> {
  const payers = new Set<number>();
  if (instructions === true) payers.add(0);
  if (!Array.isArray(instructions)) return payers;
  for (const instruction of instructions as readonly unknown[]) {
    if (typeof instruction === 'string') {
      const position = names.indexOf(instruction);
      if (position >= 0) payers.add(position);
    } else if (typeof instruction === 'number') {
      const position = asInteger(instruction, -INT_MAX - 1, INT_MAX);
      const fail = (what: string) =>
        new RpcError(RpcCode.INVALID_PARAMETER, `Invalid parameter, ${what}: ${position}`);
      if (payers.has(position)) throw fail('duplicated position');
      if (position < 0) throw fail('negative position');
      if (position >= names.length) throw fail('position too large');
      payers.add(position);
    }
  }
  return payers;
}
