import { NO_HEADER } from '../../consensus/chain-view.js';
import { MAX_FUTURE_BLOCK_TIME } from '../../consensus/limits.js';
import { hashToHex } from '../../primitives/bytes.js';
import { UnusableDataError } from '../../runtime/errors.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { formatTime, verificationProgress } from '../log-lines.js';
import { restrictStates } from '../snapshot/activate-snapshot.js';
import { BlockStatus } from '../store/block-status.js';
import { replayCoins } from './replay-coins.js';

/**
 * Brings the chain states to the blocks that their coins are at, finishing writes that were cut off, and derives what may
 * be their tips.
 *
 * Effects: coins, active chains, links, candidates.
 *
 * @throws UnusableDataError when coins are at a block that the index does not know, or the data cannot be used
 */
export async function loadTips(shared: SharedState): Promise<void> {
  const { states, links } = shared;
  for (const state of states) {
    await replayCoins(state);
    findTip(state);
  }
  const { active } = shared.current;
  links.load(id => active.contains(id));
  restrictStates(shared);
  for (const state of states) if (state.active.height >= 0) settleTip(state);
}

function findTip({ tree, active, coinsStore }: ChainState): void {
  const best = coinsStore.bestBlock();
  if (best === undefined) return;
  const tip = tree.find(best);
  if (tip === NO_HEADER) {
    const cause = coinsStore.corrupt(`The block index does not know block ${hashToHex(best)} of the coins`);
    throw new UnusableDataError('Error initializing block database', { cause });
  }
  active.reset(tip);
}

function settleTip(state: ChainState): void {
  const { tree, active, candidates, params, clock, logger } = state;
  const { tip } = active;
  candidates.prune();
  checkWitnesses(state);
  if (tree.time(tip) > clock.now() + MAX_FUTURE_BLOCK_TIME) {
    throw new UnusableDataError(
      'The block database contains a block which appears to be from the future. ' +
        "This may be due to your computer's date and time being set incorrectly. " +
        "Only rebuild the block database if you are sure that your computer's date and time are correct",
    );
  }
  const progress = verificationProgress(tree, tip, params.chainTxData, clock.now());
  logger.info(
    `Loaded best chain: hashBestChain=${hashToHex(tree.hash(tip))} height=${active.height} ` +
      `date=${formatTime(tree.time(tip))} progress=${progress.toFixed(6)}`,
  );
}

/** Blocks that were stored before segwit's activation height was lowered have no witnesses. */
function checkWitnesses({ tree, active, params }: ChainState): void {
  const from = params.consensus.buriedHeights.segwit;
  for (let height = active.height; height >= Math.max(from, 1); height--) {
    if ((tree.status(active.at(height)) & BlockStatus.OPT_WITNESS) !== 0) continue;
    throw new UnusableDataError(
      `Witness data for blocks after height ${from} requires validation. Please restart with -reindex.`,
    );
  }
}
