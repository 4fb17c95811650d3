import { witnessCommitment } from '../../src/consensus/witness.js';
import { blockOf, coinbaseTransaction, withNonce } from '../../src/miner/block-template.js';
import type { PowPool } from '../../src/miner/pow-pool.js';
import type { Block } from '../../src/primitives/block.js';
import { concatBytes, type Hash256 } from '../../src/primitives/bytes.js';
import type { Transaction } from '../../src/primitives/transaction.js';

/** All that a block is made of, apart from its proof of work. */
export interface BlockParts {
  readonly version: number;
  /** In the byte order of headers. */
  readonly prevHash: Hash256;
  readonly height: number;
  /** Unix seconds. */
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
  /** Output script of the reward. */
  readonly payTo: Uint8Array;
  /** Satoshis of the reward, fees included. */
  readonly value: number;
  /** Those after the coinbase, in an order in which they can be connected. */
  readonly transactions?: readonly Transaction[] | undefined;
  /** Up to 75 bytes in the coinbase that make this block another than one with the same parts. */
  readonly extraNonce?: Uint8Array | undefined;
}

/** Nonces of a header. */
const NONCE_COUNT = 2 ** 32;

/** A block that lacks only its proof of work: its coinbase has the height (BIP34) and commits to the witnesses (BIP141). */
export function buildBlock(parts: BlockParts): Block {
  const { height, value, payTo, transactions = [], extraNonce, time } = parts;
  const options =
    extraNonce === undefined ? {} : { extraNonce: concatBytes(Uint8Array.of(extraNonce.length), extraNonce) };
  const coinbase = coinbaseTransaction(height, value, payTo, witnessCommitment(transactions), options);
  return blockOf(parts, [coinbase, ...transactions], time);
}

/**
 * Finds a block's proof of work under the target in its header.
 *
 * @throws Error when no nonce is good, which with a difficulty of regtest does not happen; the signal's reason when aborted
 */
export async function solveBlock(block: Block, pool: PowPool, signal?: AbortSignal): Promise<Block> {
  const { nonce } = await pool.search(block.header.raw, 0, NONCE_COUNT, signal);
  signal?.throwIfAborted();
  if (nonce === undefined) throw new Error('the block has no proof of work with any nonce');
  return withNonce(block, nonce);
}
