import { assert, defined } from '../runtime/errors.js';
import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import { ALWAYS_ACTIVE, NEVER_ACTIVE } from './params.js';

/** States of a soft fork (BIP9), by the names that RPC shows. All blocks of a window share one. */
export type ThresholdState = 'defined' | 'started' | 'locked_in' | 'active' | 'failed';

/** Block version of blocks that use version bits: the top three bits are 001. */
export const VERSIONBITS_TOP_BITS = 0x20000000;
/** Bits below the top three, each free for one soft fork at a time. */
export const VERSIONBITS_NUM_BITS = 29;

/** A soft fork as its state machine sees it. */
export interface ThresholdCondition {
  /** Median times past, Unix seconds; the start may be ALWAYS_ACTIVE or NEVER_ACTIVE. */
  readonly startTime: number;
  readonly timeout: number;
  readonly minActivationHeight: number;
  /** Blocks of a window, and how many of them must signal. */
  readonly period: number;
  readonly threshold: number;
  /** How many blocks of the window that ends with `last` signal. */
  countWindow(last: HeaderId): number;
}

/**
 * Known states by the last block before the window they hold for; NO_HEADER stands before genesis. Entries never
 * change, for a block's ancestors do not; there is one for each window of each branch of the header tree.
 */
export type ThresholdCache = Map<HeaderId, ThresholdState>;

/** True when the top three bits of `version` say that the others are version bits. */
export function usesVersionBits(version: number): boolean {
  return version >>> VERSIONBITS_NUM_BITS === 1;
}

/** True when `version` uses version bits and has `bit` set. */
export function hasVersionBit(version: number, bit: number): boolean {
  return usesVersionBits(version) && ((version >>> bit) & 1) === 1;
}

/** Ancestor at `height`, NO_HEADER for heights before genesis. */
function ancestorOrNone(id: HeaderId, height: number, view: HeaderView): HeaderId {
  return height < 0 ? NO_HEADER : view.ancestor(id, height);
}

/** The last block of the window before the one that the block after `prev` belongs to. */
export function windowParent(prev: HeaderId, period: number, view: HeaderView): HeaderId {
  if (prev === NO_HEADER) return NO_HEADER;
  const height = view.height(prev);
  return ancestorOrNone(prev, height - ((height + 1) % period), view);
}

function previousWindow(parent: HeaderId, period: number, view: HeaderView): HeaderId {
  return ancestorOrNone(parent, view.height(parent) - period, view);
}

/** State of a soft fork for the block after `prev`. Fills `cache`. */
export function thresholdState(
  condition: ThresholdCondition,
  prev: HeaderId,
  view: HeaderView,
  cache: ThresholdCache,
): ThresholdState {
  if (condition.startTime === ALWAYS_ACTIVE) return 'active';
  if (condition.startTime === NEVER_ACTIVE) return 'failed';
  const unknown: HeaderId[] = [];
  let parent = windowParent(prev, condition.period, view);
  while (!cache.has(parent)) {
    // Before the start time nothing can have happened, nor in any earlier window.
    if (parent === NO_HEADER || view.medianTimePast(parent) < condition.startTime) {
      cache.set(parent, 'defined');
      break;
    }
    unknown.push(parent);
    parent = previousWindow(parent, condition.period, view);
  }
  let state = defined(cache.get(parent), 'state of a window');
  for (const id of unknown.reverse()) {
    state = nextState(state, condition, id, view);
    cache.set(id, state);
  }
  return state;
}

/** State of the window that follows `last`, itself the last block of a window in `state`. */
function nextState(
  state: ThresholdState,
  condition: ThresholdCondition,
  last: HeaderId,
  view: HeaderView,
): ThresholdState {
  switch (state) {
    case 'defined':
      // The walk back stopped at the first window whose end is before the start time; all after it have passed it.
      return 'started';
    case 'started':
      if (condition.countWindow(last) >= condition.threshold) return 'locked_in';
      return view.medianTimePast(last) >= condition.timeout ? 'failed' : 'started';
    case 'locked_in':
      return view.height(last) + 1 >= condition.minActivationHeight ? 'active' : 'locked_in';
    default:
      return state;
  }
}

/** How many of the `blocks` blocks up to `last` signal `bit`. */
export function countSignals(last: HeaderId, blocks: number, bit: number, view: HeaderView): number {
  let count = 0;
  let id = last;
  for (let i = 0; i < blocks; i++) {
    if (hasVersionBit(view.version(id), bit)) count++;
    id = view.prev(id);
  }
  return count;
}

/** Height of the first block of the state that the block after `prev` has; 0 for a state held from the beginning. */
export function stateSinceHeight(
  condition: ThresholdCondition,
  prev: HeaderId,
  view: HeaderView,
  cache: ThresholdCache,
): number {
  if (condition.startTime === ALWAYS_ACTIVE || condition.startTime === NEVER_ACTIVE) return 0;
  const state = thresholdState(condition, prev, view, cache);
  if (state === 'defined') return 0;
  const { period } = condition;
  let parent = windowParent(prev, period, view);
  assert(parent !== NO_HEADER, 'the first window is in state defined');
  let earlier = previousWindow(parent, period, view);
  while (earlier !== NO_HEADER && thresholdState(condition, earlier, view, cache) === state) {
    parent = earlier;
    earlier = previousWindow(parent, period, view);
  }
  return view.height(parent) + 1;
}

/** Signals in the window of a block, up to that block. */
export interface ThresholdStatistics {
  /** Blocks of a window, and how many must signal. */
  readonly period: number;
  readonly threshold: number;
  /** Blocks of this window so far. */
  readonly elapsed: number;
  /** How many of them signal. */
  readonly count: number;
  /** Whether the threshold can still be met. */
  readonly possible: boolean;
  /** For each block of the window so far, in order of height, whether it signals. */
  readonly signalling: readonly boolean[];
}

/** Counts the blocks that signal `bit` in the window that `id` belongs to, up to and including `id`. */
export function thresholdStatistics(
  { period, threshold }: Pick<ThresholdCondition, 'period' | 'threshold'>,
  bit: number,
  id: HeaderId,
  view: HeaderView,
): ThresholdStatistics {
  const elapsed = 1 + (view.height(id) % period);
  const signalling: boolean[] = [];
  for (let at = id; signalling.length < elapsed; at = view.prev(at)) {
    signalling.push(hasVersionBit(view.version(at), bit));
  }
  signalling.reverse();
  const count = signalling.filter(signals => signals).length;
  return { period, threshold, elapsed, count, possible: period - threshold >= elapsed - count, signalling };
}
