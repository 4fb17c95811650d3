import { chainParams } from '../../src/consensus/networks.js';
import { blockSubsidy } from '../../src/consensus/subsidy.js';
import type { PowPool } from '../../src/miner/pow-pool.js';
import type { Block } from '../../src/primitives/block.js';
import { hashFromHex, hashToHex, toHex } from '../../src/primitives/bytes.js';
import type { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { addressToScript } from '../../src/script/address.js';
import type { RegtestNode } from '../node.js';
import type { RpcCaller } from '../rpc/caller.js';
import { buildBlock, solveBlock } from './build-block.js';

const PARAMS = chainParams('regtest');

/** A block's time must lie above the median of so many before it. */
const MEDIAN_TIME_BLOCKS = 11;

/** Version bits with no deployment signalled. */
const BASE_VERSION = 0x2000_0000;

/** A block of a branch that is to be mined. What is not told is as a miner would choose it. */
export interface BranchBlock {
  readonly transactions?: readonly Transaction[] | undefined;
  /** What the transactions pay, in satoshis; 0 unless told. */
  readonly fees?: number | undefined;
  /** Unix seconds; raised above the median time past where it is not. */
  readonly time?: number | undefined;
  /** Compact target; that of the block before unless told. */
  readonly bits?: number | undefined;
  readonly version?: number | undefined;
  /** Makes the block another than one that is the same in all else. */
  readonly extraNonce?: Uint8Array | undefined;
}

export interface BranchOptions {
  /** Hash of the block that the branch grows from, in hex. */
  readonly parent: string;
  /** The first one lies on the parent, each other on the one before. */
  readonly blocks: readonly BranchBlock[];
  /** Address that the rewards go to. */
  readonly payTo: string;
  /** Time of blocks for which none is told, in Unix seconds. */
  readonly now: number;
}

/** The fields of a header that the next one follows from. */
export interface BranchHeader {
  readonly height: number;
  readonly time: number;
  /** Compact target in hex. */
  readonly bits: string;
  readonly previousblockhash?: string;
}

/** A node did not take a block of a branch. */
export class BranchRefused extends Error {
  override readonly name = 'BranchRefused';

  constructor(
    readonly node: string,
    readonly hash: string,
    /** Reject string. */
    readonly reason: string,
  ) {
    super(`${node} refused block ${hash}: ${reason}`);
  }
}

/**
 * Mines blocks on any block that a node knows, each with real proof of work. No node has them before they are submitted.
 *
 * @example
 * const parent = await node.rpc.call('getblockhash', height - 2);
 * const blocks = [{}, {}, {}];
 * const branch = await mineBranch(node.rpc, pool, { parent, blocks, payTo: node.key.address, now });
 * await submitBranch(node, branch);
 */
export async function mineBranch(
  rpc: RpcCaller,
  pool: PowPool,
  options: BranchOptions,
): Promise<readonly Block[]> {
  const { parent, payTo, now } = options;
  const script = defined(addressToScript(payTo, PARAMS.address), `script of ${payTo}`);
  const headers = await headersBefore(rpc, parent);
  const times = headers.map(({ time }) => time).reverse();
  const last = defined(headers[0], `header of ${parent}`);
  let { height } = last;
  let bits = Number.parseInt(last.bits, 16);
  let prevHash = defined(hashFromHex(parent), `hash ${parent}`);
  const branch: Block[] = [];
  for (const wanted of options.blocks) {
    height++;
    bits = wanted.bits ?? bits;
    const time = Math.max(medianTime(times) + 1, wanted.time ?? now);
    const { version = BASE_VERSION, transactions, fees = 0, extraNonce } = wanted;
    const value = blockSubsidy(height, PARAMS.consensus) + fees;
    const parts = { version, prevHash, height, time, bits, payTo: script, value, transactions, extraNonce };
    const block = await solveBlock(buildBlock(parts), pool);
    branch.push(block);
    times.push(time);
    prevHash = block.hash;
  }
  return branch;
}

/** Gives blocks to a node, oldest first. @throws BranchRefused */
export async function submitBranch(node: RegtestNode, branch: readonly Block[]): Promise<void> {
  for (const block of branch) {
    const verdict = await node.rpc.call('submitblock', toHex(block.raw));
    // Stored, and not compared with the tip before there is more work than that has.
    if (verdict === null || verdict === 'inconclusive' || verdict === 'duplicate') continue;
    throw new BranchRefused(node.name, hashToHex(block.hash), verdict);
  }
}

/** A block's header and those before it, newest first, as many as count for the median time past. */
async function headersBefore(rpc: RpcCaller, hash: string): Promise<readonly BranchHeader[]> {
  const headers: BranchHeader[] = [];
  let next: string | undefined = hash;
  while (next !== undefined && headers.length < MEDIAN_TIME_BLOCKS) {
    const header: BranchHeader = await rpc.call('getblockheader', next);
    headers.push(header);
    next = header.previousblockhash;
  }
  return headers;
}

/** BIP113: the median of the last eleven times, of fewer near the start of a chain. */
function medianTime(times: readonly number[]): number {
  const last = times.slice(-MEDIAN_TIME_BLOCKS).sort((a, b) => a - b);
  return defined(last[Math.floor(last.length / 2)], 'median time');
}
