import {
  type BlockCheckOptions,
  checkBlock,
  contextualCheckBlock,
  contextualCheckHeader,
} from '../../consensus/block-check.js';
import { type BlockRejection, reject } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { bytesEqual } from '../../primitives/bytes.js';
import type { ChainState } from '../chain-state.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { lastCheckpointHeight } from './checkpoints.js';
import { connectBlock } from './connect-block.js';
import { coinsSpentFromOutside } from './prefetch.js';

/**
 * Whether a block would be valid on top of the tip (Core's TestBlockValidity): all rules, in Core's order.
 *
 * Effects: cached coins; scripts that pass are remembered, since the block will come back if it is mined.
 */
export async function testBlock(
  state: ChainState,
  block: Block,
  options: BlockCheckOptions,
): Promise<BlockRejection | undefined> {
  const { tree, active, params, clock, shared } = state;
  const prev = active.tip;
  if (!bytesEqual(block.header.prevHash, tree.hash(prev))) {
    return reject('invalid-prev', 'inconclusive-not-best-prevblk');
  }
  const checkpoint = lastCheckpointHeight(shared);
  const rejection =
    contextualCheckHeader(block.header, prev, tree, params.consensus, clock.now(), checkpoint) ??
    checkBlock(block, params.consensus, options) ??
    contextualCheckBlock(block, prev, tree, params.consensus);
  if (rejection !== undefined) return rejection;
  await state.coins.prefetch(coinsSpentFromOutside(block));
  const scripts = { verifier: state.verifier, cache: state.executionCache, remember: true };
  const coins = new CoinsOverlay(state.coins);
  const rules = { view: tree, params: params.consensus, scripts, coinsBefore: state.coins };
  const result = await connectBlock(block, prev, coins, rules);
  return 'rejection' in result ? result.rejection : undefined;
}
