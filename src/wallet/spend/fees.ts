import type { Wallet } from '../wallet.js';
import type { CoinControl } from './coin-control.js';

/** A feerate and why it is that. */
export interface ChosenFeeRate {
  /** Satoshis per 1000 vbytes. */
  readonly rate: number;
  /** Core's words, as `fee_reason` gives them. */
  readonly reason: 'PayTxFee set' | 'Fallback fee' | 'Estimate' | 'Mempool Min Fee' | 'Minimum Required Fee';
}

/** Least feerate that the wallet pays: its own minimum, or what nodes relay. */
export function requiredFeeRate({ modules: { options, chain } }: Wallet): number {
  return Math.max(options.minTxFee, chain.minRelayFeeRate());
}

/**
 * The feerate for a transaction: the user's, the wallet's (`settxfee`), an estimate, or the fallback, in that order, and
 * never below what is required. A rate of 0 with the reason `Fallback fee` says that there is none.
 */
export function chooseFeeRate(wallet: Wallet, control: CoinControl): ChosenFeeRate {
  if (control.feeRate !== undefined) {
    const chosen: ChosenFeeRate = { rate: control.feeRate, reason: 'PayTxFee set' };
    return control.overrideFeeRate === true ? chosen : raiseToRequired(wallet, chosen);
  }
  if (control.confirmTarget === undefined && wallet.payTxFee !== 0) {
    return raiseToRequired(wallet, { rate: wallet.payTxFee, reason: 'PayTxFee set' });
  }
  return estimate(wallet, control);
}

function estimate(wallet: Wallet, control: CoinControl): ChosenFeeRate {
  const { chain, options } = wallet.modules;
  const target = control.confirmTarget ?? options.txConfirmTarget;
  const { feeMode = 'unset' } = control;
  // Who can raise the fee later may begin with less.
  const conservative =
    feeMode === 'unset' ? !(control.signalRbf ?? options.walletRbf) : feeMode === 'conservative';
  const estimated = chain.estimateFeeRate(target, conservative);
  let chosen: ChosenFeeRate =
    estimated === undefined
      ? { rate: options.fallbackFee, reason: 'Fallback fee' }
      : { rate: estimated, reason: 'Estimate' };
  if (chosen.rate === 0) return chosen;
  const least = chain.mempoolMinFeeRate();
  if (chosen.rate < least) chosen = { rate: least, reason: 'Mempool Min Fee' };
  return raiseToRequired(wallet, chosen);
}

function raiseToRequired(wallet: Wallet, chosen: ChosenFeeRate): ChosenFeeRate {
  const required = requiredFeeRate(wallet);
  return required > chosen.rate ? { rate: required, reason: 'Minimum Required Fee' } : chosen;
}

/** Longest horizon of fee estimates, in blocks. */
const HIGHEST_TARGET = 1008;

/** Feerate at which change counts as worth having: that of the far future, but at least the dust rate. */
export function discardFeeRate({ modules: { options, chain } }: Wallet): number {
  const estimated = chain.estimateFeeRate(HIGHEST_TARGET, false);
  const rate = estimated === undefined ? options.discardFee : Math.min(estimated, options.discardFee);
  return Math.max(rate, chain.dustRelayFeeRate());
}
