import type { Hash256 } from '../primitives/bytes.js';
import { decodeCompact, encodeCompact } from '../primitives/target.js';
import { assert } from '../runtime/errors.js';
import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import type { ConsensusParams } from './params.js';

/** Retargeting is done in 256-bit arithmetic: what overflows is lost, here as in Core. */
const UINT256_MASK = (1n << 256n) - 1n;

/** One retarget changes the difficulty by at most this factor, up or down. */
const MAX_ADJUSTMENT = 4;

/** Blocks from one retarget to the next. */
export function difficultyAdjustmentInterval(params: ConsensusParams): number {
  return params.powTargetTimespan / params.powTargetSpacing;
}

/** The target that `bits` stands for, or undefined when no header may claim it (zero, negative, too easy). */
export function validTarget(bits: number, params: ConsensusParams): bigint | undefined {
  const { target, negative, overflow } = decodeCompact(bits);
  return negative || overflow || target === 0n || target > params.powLimit ? undefined : target;
}

/** True when `hash` meets the target of `bits`, and that is one the network allows. */
export function checkProofOfWork(hash: Hash256, bits: number, params: ConsensusParams): boolean {
  return validTarget(bits, params) !== undefined && meetsTarget(hash, bits);
}

/**
 * `hash` ≤ target, for a valid `bits`. Compares bytes from the most significant (last) down, because a header sync
 * asks this a million times and a bigint of the hash costs as much as hashing the header.
 */
function meetsTarget(hash: Hash256, bits: number): boolean {
  const exponent = bits >>> 24;
  const mantissa = bits & 0x007fffff;
  for (let i = 31; i >= 0; i--) {
    const place = i - (exponent - 3);
    const wanted = place > 2 || place < 0 ? 0 : (mantissa >>> (8 * place)) & 0xff;
    const byte = hash[i] as number;
    if (byte !== wanted) return byte < wanted;
  }
  return true;
}

/**
 * Compact target that the block after `prev` must have.
 *
 * @param blockTime Unix seconds of that block; matters where late blocks may be easy (testnet)
 */
export function nextWorkRequired(
  prev: HeaderId,
  blockTime: number,
  view: HeaderView,
  params: ConsensusParams,
): number {
  const interval = difficultyAdjustmentInterval(params);
  const height = view.height(prev) + 1;
  // Genesis is one of those that have no work to speak of.
  if (height === 1 && params.labFirstBits !== undefined) return params.labFirstBits;
  // The target of genesis is the easiest there: it is that of every block, late or not.
  if (params.powNoRetargeting) return view.bits(prev);
  if (height % interval !== 0) {
    if (!params.powAllowMinDifficultyBlocks) return view.bits(prev);
    return minDifficultyRule(prev, blockTime, view, params);
  }
  const first = view.ancestor(prev, height - interval);
  assert(first !== NO_HEADER, 'a difficulty period has a first block');
  return calculateNextWork(prev, view.time(first), view, params);
}

/** Testnet between retargets: the easiest target for a late block, else that of the last block that had a real one. */
function minDifficultyRule(
  prev: HeaderId,
  blockTime: number,
  view: HeaderView,
  params: ConsensusParams,
): number {
  const easiest = encodeCompact(params.powLimit);
  if (blockTime > view.time(prev) + params.powTargetSpacing * 2) return easiest;
  const interval = difficultyAdjustmentInterval(params);
  let id = prev;
  while (view.prev(id) !== NO_HEADER && view.height(id) % interval !== 0 && view.bits(id) === easiest) {
    id = view.prev(id);
  }
  return view.bits(id);
}

/**
 * Compact target of the period that follows `last`, its last block: scaled by the time that the period took, at most
 * fourfold either way, never easier than the limit.
 *
 * @param firstBlockTime Unix seconds of the period's first block
 */
export function calculateNextWork(
  last: HeaderId,
  firstBlockTime: number,
  view: HeaderView,
  params: ConsensusParams,
): number {
  if (params.powNoRetargeting) return view.bits(last);
  return retarget(retargetBase(last, view, params), view.time(last) - firstBlockTime, params);
}

/**
 * BIP94 scales the target of the period's first block, which cannot be an easy late one; elsewhere it is the last's.
 */
function retargetBase(last: HeaderId, view: HeaderView, params: ConsensusParams): number {
  if (!params.enforceBip94) return view.bits(last);
  const first = view.ancestor(last, view.height(last) - (difficultyAdjustmentInterval(params) - 1));
  assert(first !== NO_HEADER, 'a difficulty period has a first block');
  return view.bits(first);
}

function retarget(bits: number, actualTimespan: number, params: ConsensusParams): number {
  const wanted = params.powTargetTimespan;
  const timespan = Math.min(Math.max(actualTimespan, wanted / MAX_ADJUSTMENT), wanted * MAX_ADJUSTMENT);
  const scaled = product(decodeCompact(bits).target, timespan, params) / BigInt(wanted);
  return encodeCompact(scaled > params.powLimit ? params.powLimit : scaled);
}

/** Where Core retargets, nothing overflows; the lab's targets are so easy that what would must not be lost. */
function product(target: bigint, timespan: number, { labFirstBits }: ConsensusParams): bigint {
  const full = target * BigInt(timespan);
  return labFirstBits === undefined ? full & UINT256_MASK : full;
}

/**
 * False when a header at `height` with `newBits` cannot follow one with `oldBits` whatever the times in between: lets
 * a header sync throw out impossible chains before it knows the times. Allows all where late blocks may be easy.
 */
export function permittedDifficultyTransition(
  params: ConsensusParams,
  height: number,
  oldBits: number,
  newBits: number,
): boolean {
  if (params.powAllowMinDifficultyBlocks) return true;
  if (height === 1 && params.labFirstBits !== undefined) return newBits === params.labFirstBits;
  if (height % difficultyAdjustmentInterval(params) !== 0) return oldBits === newBits;
  const observed = decodeCompact(newBits).target & UINT256_MASK;
  const easiest = decodeCompact(retarget(oldBits, params.powTargetTimespan * MAX_ADJUSTMENT, params)).target;
  const hardest = decodeCompact(retarget(oldBits, params.powTargetTimespan / MAX_ADJUSTMENT, params)).target;
  return hardest <= observed && observed <= easiest;
}
