import { type OutPoint, type OutPointKey, outPointKey } from '../../primitives/outpoint.js';
import type { TxOutput } from '../../primitives/transaction.js';
import type { OutputType } from '../../script/output-type.js';
import { EMPTY_PROVIDER, type SigningProvider } from '../../script/signing-provider.js';

/** An input that must be used. */
export interface PresetInput {
  readonly outpoint: OutPoint;
  /** The output spent, for one that is not the wallet's. */
  readonly output?: TxOutput;
  /** Weight of the signed input, if the user says. */
  readonly weight?: number;
  readonly sequence?: number;
  readonly scriptSig?: Uint8Array;
  readonly witness?: readonly Uint8Array[];
}

/** A payment. */
export interface Recipient {
  readonly script: Uint8Array;
  /** Satoshis. */
  readonly amount: number;
  /** The fee, or its share of it, is taken off this payment. */
  readonly subtractFee: boolean;
}

export type FeeMode = 'unset' | 'economical' | 'conservative';

/** What the user decides about a transaction. All of it may be left to the wallet. */
export interface CoinControl {
  /** Script for change instead of a new one. */
  readonly changeScript?: Uint8Array;
  readonly changeType?: OutputType;
  /** Satoshis per 1000 vbytes. */
  readonly feeRate?: number;
  /** Take `feeRate` even when it is below the least one allowed. */
  readonly overrideFeeRate?: boolean;
  /** Blocks within which it should be confirmed. */
  readonly confirmTarget?: number;
  readonly feeMode?: FeeMode;
  /** BIP125. */
  readonly signalRbf?: boolean;
  readonly avoidPartialSpends?: boolean;
  /** Leave out addresses that were spent from before. */
  readonly avoidAddressReuse?: boolean;
  /** Use unconfirmed coins from others, too. */
  readonly includeUnsafe?: boolean;
  /** Confirmations of the coins chosen. */
  readonly minDepth?: number;
  readonly maxDepth?: number;
  readonly preset?: readonly PresetInput[];
  /** False: spend the preset inputs and nothing else. */
  readonly allowOtherInputs?: boolean;
  /** Keys and scripts to reckon the size of inputs that are not the wallet's. */
  readonly external?: SigningProvider;
  readonly lockTime?: number;
  readonly version?: number;
  readonly maxTxWeight?: number;
}

/** The preset inputs by outpoint. */
export function presetByKey(control: CoinControl): ReadonlyMap<OutPointKey, PresetInput> {
  return new Map(
    (control.preset ?? []).map(input => [outPointKey(input.outpoint.txid, input.outpoint.vout), input]),
  );
}

export function externalProvider(control: CoinControl): SigningProvider {
  return control.external ?? EMPTY_PROVIDER;
}
