import { COIN, formatMoney, MAX_MONEY } from '../../src/primitives/amount.js';
import { parseFixedPoint } from '../../src/rpc/args.js';
import type { BitcoinAmount } from '../rpc/methods/shapes.js';

export type { BitcoinAmount };

const DECIMALS = 8;

/** A sum of numbers with eight places may be off the nearest such number by so many units of the last bit. */
const ROUNDING_STEPS = 8;

/**
 * Reads an amount of bitcoins that is to be paid.
 *
 * @returns satoshis, from 1 to those of 21 million bitcoins
 * @throws RangeError that tells what is wrong with the amount
 */
export function parseBitcoins(amount: BitcoinAmount): number {
  const satoshis = typeof amount === 'number' ? satoshisOf(amount) : parseFixedPoint(amount, DECIMALS);
  if (satoshis === undefined) {
    const shown = String(amount).slice(0, 50);
    throw new RangeError(
      `an amount is a number of bitcoins with at most eight decimal places, not "${shown}"`,
    );
  }
  if (satoshis <= 0) throw new RangeError(`an amount is more than 0 bitcoins, not ${amount}`);
  if (satoshis > MAX_MONEY) {
    throw new RangeError(`an amount is at most ${formatMoney(MAX_MONEY)} bitcoins, not ${amount}`);
  }
  return satoshis;
}

function satoshisOf(amount: number): number | undefined {
  const satoshis = Math.round(amount * COIN);
  const error = Math.abs(satoshis / COIN - amount);
  // Not a number is not at most anything.
  return error <= ROUNDING_STEPS * Number.EPSILON * Math.max(Math.abs(amount), 1) ? satoshis : undefined;
}
