import type { ChainParams } from '../consensus/params.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { WalletChain } from './chain-access.js';
import type { KnownDescriptors } from './keys/known-descriptors.js';
import type { WalletOptions } from './options.js';

/** What every wallet works with. */
export interface WalletModules {
  readonly params: ChainParams;
  readonly options: WalletOptions;
  readonly chain: WalletChain;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of all nodes in this process that have such a thing in common. */
  readonly knownDescriptors?: KnownDescriptors | undefined;
}

/** What a new wallet is to be. */
export interface NewWallet {
  /** No private keys now or ever: watches what is imported. */
  readonly disablePrivateKeys?: boolean;
  /** No keys to begin with. */
  readonly blank?: boolean;
  /** Do not spend from addresses that were paid to after they had been spent from. */
  readonly avoidReuse?: boolean;
  /** 32 bytes that all keys follow from, instead of random ones: for reproducible test networks. */
  readonly seed?: Uint8Array;
}
