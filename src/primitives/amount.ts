/** Satoshis: whole numbers, exact in a double since 21e14 < 2^53. */
export const COIN = 100_000_000;

/** No amount or sum of amounts may exceed this (21 million coins). A sanity limit of consensus, not the supply. */
export const MAX_MONEY = 21_000_000 * COIN;

export function isMoney(satoshis: number): boolean {
  return satoshis >= 0 && satoshis <= MAX_MONEY;
}

/** Satoshis as a decimal number of coins with exactly eight places, as RPC writes amounts: `-1.50000000`. */
export function formatAmount(satoshis: number): string {
  const digits = Math.abs(satoshis).toString().padStart(9, '0');
  return `${satoshis < 0 ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/** Satoshis as coins with at least two decimal places and no zeros beyond, as messages to people write them: `1.50`. */
export function formatMoney(satoshis: number): string {
  return formatAmount(satoshis).replace(/0{1,6}$/, '');
}
