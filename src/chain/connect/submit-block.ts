import { blockCheckSteps } from '../../consensus/block-check.js';
import { type BlockRejection, formatRejection } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { inTurns } from '../../runtime/turns.js';
import { announceBestHeader } from '../best-header.js';
import type { ProcessBlockOptions, ProcessBlockResult } from '../chain.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { flushState } from '../flush-state.js';
import { acceptBlock } from './accept-block.js';

/**
 * Takes a block in as far as that goes without coins: checks it by itself, with turns of the event loop if it is large, and
 * against the headers, and stores it. It may be connected afterwards.
 *
 * Effects: those of `acceptBlock`; the event `bestHeader`, and `checked` for a block that is refused; old blocks are
 * pruned when this one needs their room.
 */
export async function submitBlock(
  state: ChainState,
  block: Block,
  options: ProcessBlockOptions,
): Promise<ProcessBlockResult> {
  // Before the header is taken in: were the checks to take a good block's malleated form for bad, the good one would
  // not be harmed.
  const broken = await inTurns(blockCheckSteps(block, state.params.consensus));
  const result = accept(state.shared, block, options, broken);
  if (result.isNew) await flushState(state, 'none');
  return result;
}

/** @param broken the rule that the block breaks by itself */
function accept(
  shared: SharedState,
  block: Block,
  options: ProcessBlockOptions,
  broken: BlockRejection | undefined,
): ProcessBlockResult {
  const { tree, events, logger } = shared;
  const result =
    broken === undefined
      ? acceptBlock(shared, block, options)
      : { accepted: false, isNew: false, id: tree.find(block.hash), rejection: broken };
  announceBestHeader(shared);
  if (result.rejection !== undefined) {
    events.emit('checked', block, result.rejection);
    logger.error(`ProcessNewBlock: AcceptBlock FAILED (${formatRejection(result.rejection)})`);
  }
  return result;
}
