import { COIN } from '../primitives/amount.js';
import type { OutputType } from '../script/output-type.js';

/** What the command line says about wallets. Feerates are satoshis per 1000 vbytes, fees satoshis. */
export interface WalletOptions {
  /** `-addresstype` */
  readonly addressType: OutputType;
  /** `-changetype`; undefined matches the payment. */
  readonly changeType: OutputType | undefined;
  /** `-fallbackfee`: feerate while there is no estimate; 0 switches it off. */
  readonly fallbackFee: number;
  /** `-paytxfee`: feerate instead of an estimate; 0 for none. `settxfee` sets it for one wallet. */
  readonly payTxFee: number;
  /** `-maxtxfee`: largest fee of one transaction, in all. */
  readonly maxTxFee: number;
  /** `-mintxfee`: least feerate. */
  readonly minTxFee: number;
  /** `-discardfee`: change that costs more than it is worth at this feerate goes to the fee. */
  readonly discardFee: number;
  /** `-consolidatefeerate`: long-term feerate, against which the waste of inputs is reckoned. */
  readonly consolidateFeeRate: number;
  /** `-keypool`: scripts of each descriptor to know beyond the last one used. */
  readonly keypool: number;
  /** `-spendzeroconfchange` */
  readonly spendZeroConfChange: boolean;
  /** `-txconfirmtarget`, in blocks. */
  readonly txConfirmTarget: number;
  /** `-walletrbf`: let fees be raised later. */
  readonly walletRbf: boolean;
  /** `-walletbroadcast` */
  readonly walletBroadcast: boolean;
  /** `-walletrejectlongchains`: do not make what the mempool's chain limits would refuse. */
  readonly rejectLongChains: boolean;
  /** `-avoidpartialspends`: spend all outputs of an address together. */
  readonly avoidPartialSpends: boolean;
  /** `-maxapsfee`: how much more such a selection may cost than another when it is not asked for; -1 never tries. */
  readonly maxApsFee: number;
  /** `-unsafesqlitesync` (named as Core names it): do not wait for the disk. */
  readonly unsafeSync: boolean;
}

export const DEFAULT_WALLET_OPTIONS: WalletOptions = {
  addressType: 'bech32',
  changeType: undefined,
  fallbackFee: 0,
  payTxFee: 0,
  maxTxFee: COIN / 10,
  minTxFee: 1000,
  discardFee: 10_000,
  consolidateFeeRate: 10_000,
  keypool: 1000,
  spendZeroConfChange: true,
  txConfirmTarget: 6,
  walletRbf: true,
  walletBroadcast: true,
  rejectLongChains: true,
  avoidPartialSpends: false,
  maxApsFee: 0,
  unsafeSync: false,
};
