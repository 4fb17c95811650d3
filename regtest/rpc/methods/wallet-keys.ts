import type { ParameterNames } from '../parameter-names.js';
import type { AddressType, DescriptorRange } from './shapes.js';
import type { ScriptType } from './transaction-shapes.js';
import type { AddressTraits } from './util.js';

export type AddressPurpose = 'send' | 'receive' | 'refund';

/** What a wallet knows of the script and keys behind an address. */
export interface KnownScript extends AddressTraits {
  readonly address: string;
  readonly scriptPubKey: string;
  /** Kind of the script behind a script's hash. */
  readonly script?: ScriptType;
  readonly hex?: string;
  readonly pubkeys?: readonly string[];
  readonly sigsrequired?: number;
  readonly pubkey?: string;
  readonly iscompressed?: boolean;
  /** The address that stands behind a script's hash. */
  readonly embedded?: KnownScript;
}

/** What a wallet knows of an address. */
export interface AddressInfo extends KnownScript {
  readonly ismine: boolean;
  readonly solvable: boolean;
  /** Only when it is solvable. */
  readonly desc?: string;
  /** Descriptor of the wallet that it comes from. */
  readonly parent_desc?: string;
  readonly iswatchonly: boolean;
  readonly ischange: boolean;
  /** Seconds; of the wallet's own, with the origin of the key. */
  readonly timestamp?: number;
  readonly hdkeypath?: string;
  readonly hdseedid?: string;
  readonly hdmasterfingerprint?: string;
  readonly labels: readonly string[];
}

/** A descriptor for a wallet. */
export interface ImportRequest {
  /** With its checksum. */
  readonly desc: string;
  /** Seconds since 1970 from which the chain is searched; `now` for no search. */
  readonly timestamp: number | 'now';
  /** Gives addresses from now on. */
  readonly active?: boolean;
  /** Is for change. */
  readonly internal?: boolean;
  readonly range?: DescriptorRange;
  readonly next_index?: number;
  readonly label?: string;
}

export interface ImportResult {
  readonly success: boolean;
  readonly warnings?: readonly string[];
  readonly error?: { readonly code: number; readonly message: string };
}

export interface WalletDescriptor {
  readonly desc: string;
  /** Seconds. */
  readonly timestamp: number;
  readonly active: boolean;
  /** Only of active ones. */
  readonly internal?: boolean;
  /** Of ranged ones, as the following. */
  readonly range?: readonly [first: number, last: number];
  /** The same as `next_index`. */
  readonly next?: number;
  readonly next_index?: number;
}

/** A wallet's addresses and what they come from. */
export interface WalletKeyMethods {
  /** A fresh address. */
  getnewaddress: [params: [label?: string, address_type?: AddressType], result: string];
  /** A fresh address for change. */
  getrawchangeaddress: [params: [address_type?: AddressType], result: string];
  /** Files an address under a label. */
  setlabel: [params: [address: string, label: string], result: null];
  /** Labels in use. */
  listlabels: [params: [purpose?: AddressPurpose | ''], result: readonly string[]];
  /** Addresses of a label. */
  getaddressesbylabel: [
    params: [label: string],
    result: Readonly<Record<string, { readonly purpose: AddressPurpose | 'unknown' }>>,
  ];
  /** What is known of an address. */
  getaddressinfo: [params: [address: string], result: AddressInfo];
  /** Adds descriptors and searches the chain for what is theirs. */
  importdescriptors: [params: [requests: readonly ImportRequest[]], result: readonly ImportResult[]];
  /** Descriptors, with private keys if asked for. */
  listdescriptors: [
    params: [private_?: boolean],
    result: { readonly wallet_name: string; readonly descriptors: readonly WalletDescriptor[] },
  ];
  /** Searches the chain again. */
  rescanblockchain: [
    params: [start_height?: number, stop_height?: number],
    result: { readonly start_height: number; readonly stop_height: number | null },
  ];
  /** Stops such a search; false when there is none. */
  abortrescan: [params: [], result: boolean];
}

export const WALLET_KEY_PARAMETERS = {
  getnewaddress: ['label', 'address_type'],
  getrawchangeaddress: ['address_type'],
  setlabel: ['address', 'label'],
  listlabels: ['purpose'],
  getaddressesbylabel: ['label'],
  getaddressinfo: ['address'],
  importdescriptors: ['requests'],
  listdescriptors: ['private'],
  rescanblockchain: ['start_height', 'stop_height'],
  abortrescan: [],
} as const satisfies ParameterNames<WalletKeyMethods>;
