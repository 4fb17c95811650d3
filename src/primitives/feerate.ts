import { COIN } from './amount.js';

/** A feerate is a whole number of satoshis per 1000 vbytes, rounded towards zero, as Core's CFeeRate holds it. */
export type FeeRate = number;

/** Above this, fee times 1000 leaves the exact range of doubles. */
const MAX_EXACT_FEE = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** Feerate of `fee` satoshis over `vsize` vbytes; 0 for an empty size. */
export function feeRateOf(fee: number, vsize: number): FeeRate {
  if (vsize <= 0) return 0;
  if (Math.abs(fee) <= MAX_EXACT_FEE) return Math.trunc((fee * 1000) / vsize) + 0;
  return Number((BigInt(fee) * 1000n) / BigInt(vsize));
}

/** Satoshis for `vsize` vbytes at a feerate, rounded up; at least one satoshi when neither is zero. */
export function feeAt(rate: FeeRate, vsize: number): number {
  const fee = Math.ceil((rate * vsize) / 1000);
  if (fee !== 0 || vsize === 0) return fee + 0;
  return Math.sign(rate);
}

/** `0.00001000 BTC/kvB`, as reject details and logs write feerates. */
export function formatFeeRate(rate: FeeRate): string {
  const whole = Math.trunc(rate / COIN);
  const fraction = Math.abs(rate % COIN)
    .toString()
    .padStart(8, '0');
  return `${whole}.${fraction} BTC/kvB`;
}
