import { feeAt } from '../../primitives/feerate.js';
import { outputSize } from '../../primitives/transaction.js';
import { errorMessage } from '../../runtime/errors.js';
import { destinationOfScript } from '../../script/address.js';
import { dustThreshold } from '../../script/dust.js';
import type { OutputType } from '../../script/output-type.js';
import type { WalletDescriptor } from '../keys/wallet-descriptor.js';
import type { Wallet } from '../wallet.js';
import { WalletError } from '../wallet-error.js';
import type { CoinControl, Recipient } from './coin-control.js';
import { inputSize } from './input-size.js';
import type { RandomSource } from './selection/random.js';
import { CHANGE_LOWER } from './selection/random-draw.js';
import type { ChangeCosts } from './selection/result.js';

/** Most change that selection aims for. */
const CHANGE_UPPER = 1_000_000;

/** Virtual size of a nested P2WPKH input, reckoned with for change that the wallet cannot spend itself. */
const DUMMY_NESTED_P2WPKH_INPUT_SIZE = 91;

/** Where change will go. A new script is taken at once; it goes back unless {@link keep} is called. */
export class ChangePlan {
  private constructor(
    /** Empty when there is none to be had. */
    readonly script: Uint8Array,
    /** Why there is none. */
    readonly error: string | undefined,
    private readonly taken: WalletDescriptor | undefined,
  ) {}

  static make(wallet: Wallet, control: CoinControl, recipients: readonly Recipient[]): ChangePlan {
    if (control.changeScript !== undefined) return new ChangePlan(control.changeScript, undefined, undefined);
    const type = changeType(wallet, control, recipients);
    try {
      const script = wallet.takeScript(type, true);
      return new ChangePlan(script, undefined, wallet.keychain.activeFor(type, true));
    } catch (thrown) {
      if (!(thrown instanceof WalletError)) throw thrown;
      const error = `Transaction needs a change address, but we can't generate it. ${errorMessage(thrown)}`;
      return new ChangePlan(new Uint8Array(0), error, undefined);
    }
  }

  private isKept = false;

  /** The script is used: it will not be given out again. */
  keep(): void {
    this.isKept = true;
  }

  /** Gives the script back unless it was kept. */
  release(): void {
    if (!this.isKept) this.taken?.returnLast();
    this.isKept = true;
  }
}

/** Kind of address for change: as the user wants, else like a payment's, so that it does not stand out. */
function changeType(wallet: Wallet, control: CoinControl, recipients: readonly Recipient[]): OutputType {
  const { options } = wallet.modules;
  const wanted = control.changeType ?? options.changeType;
  if (wanted !== undefined) return wanted;
  if (options.addressType === 'legacy') return 'legacy';
  const paid = new Set(recipients.map(({ script }) => destinationOfScript(script)?.type));
  const has = (type: OutputType) => wallet.keychain.activeFor(type, true) !== undefined;
  if (has('bech32m') && paid.has('taproot')) return 'bech32m';
  if (has('bech32') && paid.has('witnessKeyHash')) return 'bech32';
  if (has('p2sh-segwit') && paid.has('scriptHash')) return 'p2sh-segwit';
  if (has('legacy') && paid.has('keyHash')) return 'legacy';
  if (has('bech32m')) return 'bech32m';
  if (has('bech32')) return 'bech32';
  return options.addressType;
}

export interface ChangeReckoning extends ChangeCosts {
  /** Bytes of the change output. */
  readonly changeOutputSize: number;
  /** Change that algorithms with change aim for. */
  readonly minChangeTarget: number;
}

/** What change to `script` costs at these feerates (satoshis per 1000 vbytes). */
export function reckonChange(
  wallet: Wallet,
  script: Uint8Array,
  feeRate: number,
  discardRate: number,
  averagePayment: number,
  random: RandomSource,
): ChangeReckoning {
  const prototype = { value: 0, script };
  const changeOutputSize = outputSize(prototype);
  const spendSize = inputSize(wallet, script) ?? DUMMY_NESTED_P2WPKH_INPUT_SIZE;
  const changeFee = feeAt(feeRate, changeOutputSize);
  const spendFee = feeAt(discardRate, spendSize);
  return {
    changeOutputSize,
    changeFee,
    costOfChange: spendFee + changeFee,
    minViableChange: Math.max(spendFee + 1, dustThreshold(prototype, discardRate)),
    minChangeTarget: changeTarget(averagePayment, changeFee, random),
    longTermFeeRate: wallet.modules.options.consolidateFeeRate,
  };
}

/** Change of a size like the payment's gives least away; a random size within bounds does not mark this wallet. */
function changeTarget(payment: number, changeFee: number, random: RandomSource): number {
  if (payment <= CHANGE_LOWER / 2) return changeFee + CHANGE_LOWER;
  const upper = Math.min(payment * 2, CHANGE_UPPER);
  return changeFee + random.below(upper - CHANGE_LOWER) + CHANGE_LOWER;
}
