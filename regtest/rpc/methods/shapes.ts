/** What answers and parameters of many methods have in common. Hashes and ids are in hex, in the order that people read. */

/** Bitcoins: a number, or decimal text such as `0.00001`. */
export type BitcoinAmount = number | string;

/** A block, by both of its names. */
export interface BlockRef {
  readonly hash: string;
  readonly height: number;
}

/** An output of a transaction. */
export interface OutPoint {
  readonly txid: string;
  readonly vout: number;
}

/** The chain that a node follows. */
export type ChainName = 'main' | 'test' | 'testnet4' | 'signet' | 'regtest';

/** The answer of methods that have nothing to tell, where Core gives an object rather than null. */
export type EmptyObject = Readonly<Record<string, never>>;

/** Last index, or first and last index, of the scripts that a ranged descriptor is to stand for. */
export type DescriptorRange = number | readonly [first: number, last: number];

/** Kinds of addresses that can be asked for. */
export type AddressType = 'legacy' | 'p2sh-segwit' | 'bech32' | 'bech32m';

/** How fees are estimated. */
export type EstimateMode = 'unset' | 'economical' | 'conservative';

/** What signatures commit to. */
export type SighashType =
  | 'DEFAULT'
  | 'ALL'
  | 'NONE'
  | 'SINGLE'
  | 'ALL|ANYONECANPAY'
  | 'NONE|ANYONECANPAY'
  | 'SINGLE|ANYONECANPAY';

/** An input of a transaction that is to be made. */
export interface RequestedInput extends OutPoint {
  /** By default what the lock time and replaceability ask for. */
  readonly sequence?: number;
}

/**
 * Outputs of a transaction that is to be made, in their order: objects of one member each, or one object of all. A member
 * is an address with bitcoins, or `data` with bytes in hex.
 */
export type RequestedOutputs =
  | readonly Readonly<Record<string, BitcoinAmount>>[]
  | Readonly<Record<string, BitcoinAmount>>;

/**
 * Parameters that must be written when one behind them is; undefined stands for what is left out.
 *
 * @example
 * type Verbose = [...Written<[address: string, comment?: string]>, verbose: true];
 */
export type Written<P extends readonly unknown[]> = {
  [I in keyof Required<P>]: I extends keyof P ? P[I] : never;
};
