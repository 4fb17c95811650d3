import { COINBASE_MATURITY } from '../../src/consensus/limits.js';
import { chainParams } from '../../src/consensus/networks.js';
import { blockSubsidy } from '../../src/consensus/subsidy.js';
import { COIN } from '../../src/primitives/amount.js';
import type { RpcCaller } from '../rpc/caller.js';
import { scanCoins } from '../scan-coins.js';

const PARAMS = chainParams('regtest').consensus;

/** A coin of the faucet. */
export interface FaucetCoin {
  readonly txid: string;
  readonly vout: number;
  /** Satoshis. */
  readonly value: number;
  readonly height: number;
  readonly coinbase: boolean;
}

/** The faucet's coins by the chain of one node. */
export interface FaucetCoins {
  /** Of the node's tip. */
  readonly height: number;
  readonly coins: readonly FaucetCoin[];
}

/** Looks up all confirmed coins of an address among those of the chain as it is now. */
export async function coinsOf(rpc: RpcCaller, address: string): Promise<FaucetCoins> {
  const { height, unspents } = await scanCoins(rpc, [address]);
  return {
    height,
    coins: unspents.map(({ amount, ...coin }) => ({ ...coin, value: Math.round(amount * COIN) })),
  };
}

/** True when the block on a tip at `height` may spend the coin. */
export function isMature(coin: FaucetCoin, height: number): boolean {
  return !coin.coinbase || height + 1 - coin.height >= COINBASE_MATURITY;
}

/**
 * How many blocks must be mined to the faucet until it has `wanted` satoshis that can be spent.
 *
 * @returns undefined when it has not so much after `most` blocks
 */
export function blocksUntil(
  { height, coins }: FaucetCoins,
  wanted: number,
  most: number,
): number | undefined {
  const maturing = new Map<number, number>();
  let value = 0;
  for (const coin of coins) {
    if (isMature(coin, height)) value += coin.value;
    else maturing.set(coin.height, (maturing.get(coin.height) ?? 0) + coin.value);
  }
  for (let blocks = 1; blocks <= most; blocks++) {
    maturing.set(height + blocks, blockSubsidy(height + blocks, PARAMS));
    value += maturing.get(height + blocks + 1 - COINBASE_MATURITY) ?? 0;
    if (value >= wanted) return blocks;
  }
  return undefined;
}
