import type { ParameterNames } from '../parameter-names.js';
import type { BlockRef } from './shapes.js';

/** A wallet that was loaded. */
export interface LoadedWallet {
  readonly name: string;
  readonly warnings?: readonly string[];
}

/** State of a wallet. Amounts are in bitcoins. */
export interface WalletInfo {
  readonly walletname: string;
  readonly walletversion: number;
  /** Of its files. */
  readonly format: string;
  readonly balance: number;
  readonly unconfirmed_balance: number;
  readonly immature_balance: number;
  readonly txcount: number;
  /** Unused keys for addresses, and for change. */
  readonly keypoolsize: number;
  readonly keypoolsize_hd_internal: number;
  /** Bitcoins per 1000 virtual bytes, 0 when fees are estimated. */
  readonly paytxfee: number;
  readonly private_keys_enabled: boolean;
  readonly avoid_reuse: boolean;
  /** Seconds and share of a search of the chain that is in progress. */
  readonly scanning: { readonly duration: number; readonly progress: number } | false;
  readonly descriptors: boolean;
  readonly external_signer: boolean;
  readonly blank: boolean;
  /** Seconds; of the oldest descriptor. */
  readonly birthtime?: number;
  readonly lastprocessedblock: BlockRef;
}

export interface ChangedFlag {
  readonly flag_name: string;
  readonly flag_state: boolean;
  readonly warnings?: string;
}

/** Wallets coming and going, and what they are. */
export interface WalletsMethods {
  /** Makes a wallet and loads it. It cannot be encrypted, and always holds descriptors. */
  createwallet: [
    params: [
      wallet_name: string,
      disable_private_keys?: boolean,
      blank?: boolean,
      passphrase?: string,
      avoid_reuse?: boolean,
      descriptors?: boolean,
      load_on_startup?: boolean,
      external_signer?: boolean,
    ],
    result: LoadedWallet,
  ];
  /** Loads a wallet. */
  loadwallet: [params: [filename: string, load_on_startup?: boolean], result: LoadedWallet];
  /** Unloads a wallet, by default the one whose endpoint is called. */
  unloadwallet: [
    params: [wallet_name?: string, load_on_startup?: boolean],
    result: { readonly warnings?: readonly string[] },
  ];
  /** Names of the loaded wallets. */
  listwallets: [params: [], result: readonly string[]];
  /** All wallets in the wallet directory. */
  listwalletdir: [params: [], result: { readonly wallets: readonly { readonly name: string }[] }];
  /** State of a wallet. */
  getwalletinfo: [params: [], result: WalletInfo];
  /** Sets or clears a flag. */
  setwalletflag: [params: [flag: 'avoid_reuse', value?: boolean], result: ChangedFlag];
  /** Derives keys ahead: 1000 by default. */
  keypoolrefill: [params: [newsize?: number], result: null];
  /** Copies the wallet to a file or directory. */
  backupwallet: [params: [destination: string], result: null];
  /** Makes a wallet from such a copy and loads it. */
  restorewallet: [
    params: [wallet_name: string, backup_file: string, load_on_startup?: boolean],
    result: LoadedWallet,
  ];
  /** Encrypts a wallet: refused, as there are no encrypted wallets here. */
  encryptwallet: [params: [passphrase: string], result: string];
  /** Unlocks the keys of an encrypted wallet for so many seconds: refused. */
  walletpassphrase: [params: [passphrase: string, timeout: number], result: null];
  /** Gives an encrypted wallet another passphrase: refused. */
  walletpassphrasechange: [params: [oldpassphrase: string, newpassphrase: string], result: null];
  /** Locks the keys of an encrypted wallet: refused. */
  walletlock: [params: [], result: null];
}

export const WALLETS_PARAMETERS = {
  createwallet: [
    'wallet_name',
    'disable_private_keys',
    'blank',
    'passphrase',
    'avoid_reuse',
    'descriptors',
    'load_on_startup',
    'external_signer',
  ],
  loadwallet: ['filename', 'load_on_startup'],
  unloadwallet: ['wallet_name', 'load_on_startup'],
  listwallets: [],
  listwalletdir: [],
  getwalletinfo: [],
  setwalletflag: ['flag', 'value'],
  keypoolrefill: ['newsize'],
  backupwallet: ['destination'],
  restorewallet: ['wallet_name', 'backup_file', 'load_on_startup'],
  encryptwallet: ['passphrase'],
  walletpassphrase: ['passphrase', 'timeout'],
  walletpassphrasechange: ['oldpassphrase', 'newpassphrase'],
  walletlock: [],
} as const satisfies ParameterNames<WalletsMethods>;
