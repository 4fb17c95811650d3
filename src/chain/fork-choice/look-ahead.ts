import { checkBlock } from '../../consensus/block-check.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { Block } from '../../primitives/block.js';
import { readBlock } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import { StoreError } from '../store/store-error.js';
import { scriptsAssumedValid } from './assume-valid.js';
import { tryBlock } from './try-block.js';

/**
 * Blocks that are tried ahead at most: enough for several batches of scripts where blocks have few transactions. Each
 * has a table of its coins, and looks for others in those of all before it.
 */
const MAX_BLOCKS_AHEAD = 32;

/**
 * No more blocks are tried when those ahead have so many inputs, but for one that follows the first: as many as keep
 * threads busy while the main thread connects a block.
 */
const MAX_INPUTS_AHEAD = 2048;

/** Blocks that are worth the start of a thread. */
const MANY_BLOCKS = 1000;

/** Trying blocks for longer, in milliseconds, is left to the next step: the event loop gets its turns in between. */
const MAX_TRYING_MS = 10;

/**
 * While the scripts of a block are checked, tries the next ones on the way to `target`, whose coins are those after it, as
 * far as they are there. The first of them was tried.
 *
 * What is wrong with a block is none of the business here: one that cannot be read, or breaks a rule that needs no coins,
 * ends the way until it is its turn to be connected.
 *
 * Effects: the blocks ahead; those of `tryBlock`.
 */
export async function lookAhead(state: ChainState, target: HeaderId): Promise<void> {
  const { ahead, tree, clock } = state;
  const end = clock.steadyMs() + MAX_TRYING_MS;
  for (let last = ahead.last; last !== undefined; last = ahead.last) {
    if (!last.attempt.holds || !isRoom(ahead.count, ahead.inputs) || clock.steadyMs() > end) return;
    if (tree.height(last.id) >= tree.height(target)) return;
    const next = tree.ancestor(target, tree.height(last.id) + 1);
    if (tree.prev(next) !== last.id) return;
    const block = await soundBlock(state, next);
    if (block === undefined) return;
    ahead.add(await tryBlock(state, next, block, last));
  }
}

/** Whether more blocks are welcome while those that are stored wait to be connected: they are kept in memory meanwhile. */
export function hasRoomForBlocks({ ahead, candidates, tree, active }: ChainState): boolean {
  const best = candidates.mostWork();
  const waiting = best === NO_HEADER ? 0 : tree.height(best) - active.height;
  return isRoom(waiting, ahead.inputs);
}

/**
 * Headers say that the chain will go up by very many blocks: threads may start to check their scripts. Networks of a few
 * hundred blocks, of which the lab may have many on one machine, seldom have enough for a thread.
 */
export function expectsManyScripts({ shared, tree, active }: ChainState): boolean {
  const { bestHeader } = shared;
  if (!shared.catchingUp || active.height < 0 || tree.height(bestHeader) - active.height < MANY_BLOCKS)
    return false;
  return !scriptsAssumedValid(shared, tree.ancestor(bestHeader, active.height + 1));
}

/** Whether one more may be added to so many blocks with so many inputs. */
function isRoom(blocks: number, inputs: number): boolean {
  return blocks <= 1 || (blocks < MAX_BLOCKS_AHEAD && inputs < MAX_INPUTS_AHEAD);
}

/** The block, if it is there and good as far as can be seen without coins. */
async function soundBlock(state: ChainState, id: HeaderId): Promise<Block | undefined> {
  const { recent, tree, params } = state;
  if (id === NO_HEADER || !tree.hasData(id)) return undefined;
  const block = recent.get(id) ?? (await readIfSound(state, id));
  return block === undefined || checkBlock(block, params.consensus) !== undefined ? undefined : block;
}

async function readIfSound(state: ChainState, id: HeaderId): Promise<Block | undefined> {
  try {
    return await readBlock(state, id);
  } catch (thrown) {
    if (thrown instanceof StoreError) return undefined;
    throw thrown;
  }
}
