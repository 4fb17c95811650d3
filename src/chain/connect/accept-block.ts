import { checkBlock, contextualCheckBlock } from '../../consensus/block-check.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import { type BlockRejection, formatRejection } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { storeBlock } from '../block-data.js';
import type { ProcessBlockResult } from '../chain.js';
import type { SharedState } from '../chain-state.js';
import { orFailSync } from '../fatal.js';
import { ruleOutBlock } from '../fork-choice/rule-out.js';
import type { FilePosition } from '../header-tree.js';
import { isInitialDownload } from '../initial-download.js';
import { MIN_BLOCKS_TO_KEEP } from '../prune/limits.js';
import { BlockStatus } from '../store/block-status.js';
import { acceptHeader } from './accept-header.js';

/**
 * A block that nobody asked for may be so far above the tip. Those further ahead would keep block files from being
 * pruned.
 */
const MAX_UNREQUESTED_AHEAD = MIN_BLOCKS_TO_KEEP;

export interface AcceptBlockOptions {
  /** We asked for it, or the operator gave it: none of the limits on strangers apply. */
  readonly requested: boolean;
  /** Where it already lies in the block files (-reindex). */
  readonly storedAt?: FilePosition;
}

/**
 * Checks a block as far as that needs no coins, and stores it (Core's AcceptBlock).
 *
 * Effects: header tree, block files, candidates; the events `stored`, and `newPowValid` for a good block on top of the tip. A block that
 * breaks a rule is marked invalid with all that builds on it, unless it is merely a wrong form of a block that may be good.
 */
export function acceptBlock(
  shared: SharedState,
  block: Block,
  options: AcceptBlockOptions,
): ProcessBlockResult {
  const { id, rejection: badHeader } = acceptHeader(shared, block.header);
  if (badHeader !== undefined) return { accepted: false, isNew: false, id, rejection: badHeader };
  const { tree } = shared;
  if (tree.hasData(id)) return { accepted: true, isNew: false, id };
  if (!options.requested && !isWelcome(shared, id)) return { accepted: false, isNew: false, id };

  const rejection = checkWholeBlock(shared, block, id);
  if (rejection !== undefined) {
    if (rejection.result !== 'mutated') ruleOutBlock(shared, id);
    shared.logger.error(`AcceptBlock: ${formatRejection(rejection)}`);
    return { accepted: false, isNew: false, id, rejection };
  }
  announceEarly(shared, block, id);
  keepBlock(shared, block, id, options.storedAt);
  shared.events.emit('stored', block, id);
  return { accepted: true, isNew: true, id };
}

/** Whether a block that was not asked for is worth storing: what a stranger can make us keep is limited. */
function isWelcome({ tree, current: { active }, params }: SharedState, id: HeaderId): boolean {
  // Its transactions were seen: it was pruned.
  if (tree.txCount(id) > 0) return false;
  if (active.height >= 0 && tree.compareWork(id, active.tip) < 0) return false;
  if (tree.height(id) > active.height + MAX_UNREQUESTED_AHEAD) return false;
  // While our tip is far behind, a fake chain is cheap to make.
  return tree.chainWork(id) >= params.consensus.minimumChainWork;
}

function checkWholeBlock(
  { tree, params }: SharedState,
  block: Block,
  id: HeaderId,
): BlockRejection | undefined {
  return (
    checkBlock(block, params.consensus) ?? contextualCheckBlock(block, tree.prev(id), tree, params.consensus)
  );
}

function announceEarly(shared: SharedState, block: Block, id: HeaderId): void {
  const { tree, current, events } = shared;
  const prev = tree.prev(id);
  if (prev === NO_HEADER || prev !== current.active.tip || isInitialDownload(shared)) return;
  events.emit('newPowValid', block, id);
}

/**
 * Stores a checked block and links it.
 *
 * Effects: block files (unless it lies there already), tree, candidates.
 *
 * @throws ChainFailure when it cannot be written
 */
export function keepBlock(shared: SharedState, block: Block, id: HeaderId, storedAt?: FilePosition): void {
  const { tree, blocks, links, recent, params } = shared;
  if (storedAt === undefined)
    orFailSync(shared, 'Failed to write block.', () => storeBlock(shared, id, block));
  else {
    const at = { file: storedAt.file, pos: storedAt.offset };
    blocks.noteBlock(block.totalSize, tree.height(id), block.header.time, at);
    tree.setData(id, storedAt);
  }
  tree.setTxCount(id, block.transactions.length);
  const withWitness = buriedActive('segwit', tree.height(id), params.consensus);
  if (withWitness) tree.setStatus(id, tree.status(id) | BlockStatus.OPT_WITNESS);
  tree.raiseValidity(id, BlockStatus.VALID_TRANSACTIONS);
  links.received(id);
  recent.keep(id, block);
}
