import type { ParameterNames } from '../parameter-names.js';
import type { AddressType, DescriptorRange, EstimateMode } from './shapes.js';

/** A fee rate that is worth paying. */
export interface FeeEstimate {
  /** Bitcoins per 1000 virtual bytes; missing when too little is known, which `errors` then says. */
  readonly feerate?: number;
  readonly errors?: readonly string[];
  /** Blocks that the answer holds for, which may be more than was asked. */
  readonly blocks: number;
}

/** Transactions of a range of fee rates (satoshis per 1000 virtual bytes), in decaying numbers. */
export interface FeeRateRange {
  readonly startrange: number;
  readonly endrange: number;
  readonly withintarget: number;
  readonly totalconfirmed: number;
  readonly inmempool: number;
  readonly leftmempool: number;
}

/** What the estimator knows over one horizon. */
export interface RawFeeEstimate {
  /** Bitcoins per 1000 virtual bytes. */
  readonly feerate?: number;
  readonly decay: number;
  readonly scale: number;
  readonly pass?: FeeRateRange;
  readonly fail?: FeeRateRange;
  readonly errors?: readonly string[];
}

/** What an address says of itself. */
export interface AddressTraits {
  readonly isscript?: boolean;
  readonly iswitness?: boolean;
  readonly witness_version?: number;
  readonly witness_program?: string;
}

export interface ValidAddress extends AddressTraits {
  readonly isvalid: true;
  readonly address: string;
  readonly scriptPubKey: string;
}

export interface InvalidAddress {
  readonly isvalid: false;
  /** Positions of characters that are likely wrong. */
  readonly error_locations: readonly number[];
  readonly error: string;
}

export interface MultisigAddress {
  readonly address: string;
  readonly redeemScript: string;
  readonly descriptor: string;
  readonly warnings?: readonly string[];
}

export interface DescriptorInfo {
  /** With public keys and checksum. */
  readonly descriptor: string;
  /** Of the text that was given. */
  readonly checksum: string;
  readonly isrange: boolean;
  readonly issolvable: boolean;
  readonly hasprivatekeys: boolean;
}

export interface IndexInfo {
  readonly synced: boolean;
  readonly best_block_height: number;
}

/** Fees, addresses, descriptors and signed messages. */
export interface UtilMethods {
  /** Fee rate at which a transaction confirms within so many blocks. */
  estimatesmartfee: [params: [conf_target: number, estimate_mode?: EstimateMode], result: FeeEstimate];
  /** What the fee estimator knows of a target, over those of its horizons that reach so far. */
  estimaterawfee: [
    params: [conf_target: number, threshold?: number],
    result: Readonly<Partial<Record<'short' | 'medium' | 'long', RawFeeEstimate>>>,
  ];
  /** Whether an address is well formed, and what it stands for. */
  validateaddress: [params: [address: string], result: ValidAddress | InvalidAddress];
  /** Address and script for n of m keys. */
  createmultisig: [
    params: [nrequired: number, keys: readonly string[], address_type?: Exclude<AddressType, 'bech32m'>],
    result: MultisigAddress,
  ];
  /** Normal form, checksum and traits of a descriptor. */
  getdescriptorinfo: [params: [descriptor: string], result: DescriptorInfo];
  /** Addresses that a descriptor with its checksum stands for. */
  deriveaddresses: [params: [descriptor: string, range?: DescriptorRange], result: readonly string[]];
  /** Signs a message with a key in base58; gives base64. */
  signmessagewithprivkey: [params: [privkey: string, message: string], result: string];
  /** Whether a message was signed by the key of an address. */
  verifymessage: [params: [address: string, signature: string, message: string], result: boolean];
  /** How far the optional indexes have come, by name. */
  getindexinfo: [params: [index_name?: string], result: Readonly<Record<string, IndexInfo>>];
}

export const UTIL_PARAMETERS = {
  estimatesmartfee: ['conf_target', 'estimate_mode'],
  estimaterawfee: ['conf_target', 'threshold'],
  validateaddress: ['address'],
  createmultisig: ['nrequired', 'keys', 'address_type'],
  getdescriptorinfo: ['descriptor'],
  deriveaddresses: ['descriptor', 'range'],
  signmessagewithprivkey: ['privkey', 'message'],
  verifymessage: ['address', 'signature', 'message'],
  getindexinfo: ['index_name'],
} as const satisfies ParameterNames<UtilMethods>;
