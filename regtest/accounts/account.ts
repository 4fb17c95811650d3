import { accountPath, type LabKeys } from './lab-keys.js';

/** Accounts of a network unless told, or one for each node when there are more of these. */
export const DEFAULT_ACCOUNTS = 10;

/** Most accounts of a network: the coin of a single block is shared out to them, in whole hundredths of a bitcoin. */
export const MAX_ACCOUNTS = 1000;

/** A key with coins, for people and programs to use. */
export interface LabAccount {
  /** BIP32 path below the mnemonic's master key. */
  readonly path: string;
  /** P2WPKH. */
  readonly address: string;
  readonly wif: string;
  /** The node whose wallet holds the key, if any. */
  readonly node?: number;
  /** Bitcoins it was given at the start. */
  readonly funded: number;
}

/** How many accounts a network has. @throws RangeError for fewer than its nodes, or more than {@link MAX_ACCOUNTS} */
export function accountCount(nodes: number, wanted: number | undefined): number {
  const count = wanted ?? Math.max(DEFAULT_ACCOUNTS, nodes);
  if (Number.isSafeInteger(count) && count >= nodes && count <= MAX_ACCOUNTS) return count;
  throw new RangeError(`accounts is a whole number from that of the nodes, ${nodes}, to ${MAX_ACCOUNTS}`);
}

/** The accounts of a network, before anything is given to them. */
export function makeAccounts(keys: LabKeys, nodes: number, count: number): readonly LabAccount[] {
  return Array.from({ length: count }, (_, index) => ({
    path: accountPath(index),
    ...keys.account(index),
    ...(index < nodes ? { node: index } : {}),
    funded: 0,
  }));
}
