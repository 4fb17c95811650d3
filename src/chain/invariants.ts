import { NO_HEADER } from '../consensus/chain-view.js';
import { blockWork } from '../primitives/target.js';
import { assert } from '../runtime/errors.js';
import type { ChainState } from './chain-state.js';
import { skipHeight } from './headers/skip-list.js';
import { BlockStatus } from './store/block-status.js';

/** What holds for a block and all its ancestors, by id. */
interface PathFacts {
  /** Transactions of all were seen at some time. */
  readonly seen: Uint8Array;
  /** Data of all of those that are not in the active chain are on disk. */
  readonly complete: Uint8Array;
}

/**
 * Checks what header tree, active chain and candidates promise of each other (like Core's -checkblockindex). Looks at
 * every header, so it is for tests.
 *
 * @throws AssertionFailure
 */
export function checkInvariants(state: ChainState): void {
  const { tree } = state;
  if (tree.size === 0) return;
  const facts: PathFacts = { seen: new Uint8Array(tree.size), complete: new Uint8Array(tree.size) };
  for (let id = 0; id < tree.size; id++) {
    gatherFacts(state, facts, id);
    checkHeader(state, id);
    checkStatus(state, id);
    checkTransactions(state, facts, id);
    checkCandidate(state, facts, id);
    checkUnlinked(state, facts, id);
  }
  checkActiveChain(state);
  checkBestHeader(state);
}

function gatherFacts({ tree, active }: ChainState, { seen, complete }: PathFacts, id: number): void {
  const prev = tree.prev(id);
  const isRoot = prev === NO_HEADER;
  seen[id] = tree.txCount(id) > 0 && (isRoot || seen[prev] === 1) ? 1 : 0;
  complete[id] = active.contains(id) || (tree.hasData(id) && (isRoot || complete[prev] === 1)) ? 1 : 0;
}

function checkHeader({ tree }: ChainState, id: number): void {
  const prev = tree.prev(id);
  assert(tree.find(tree.hash(id)) === id, 'a header is found by its hash');
  if (prev === NO_HEADER) {
    assert(id === 0 && tree.height(id) === 0, 'only the first header has no predecessor');
    return;
  }
  assert(prev < id, 'predecessors come first');
  assert(tree.height(id) === tree.height(prev) + 1, 'heights count up');
  assert(tree.chainWork(id) === tree.chainWork(prev) + blockWork(tree.bits(id)), 'work adds up');
  const height = tree.height(id);
  assert(
    tree.height(tree.ancestor(id, skipHeight(height))) === skipHeight(height),
    'long pointers lead down',
  );
}

function checkStatus({ tree, shared: { havePruned } }: ChainState, id: number): void {
  const status = tree.status(id);
  const level = status & BlockStatus.VALID_MASK;
  const prev = tree.prev(id);
  assert(level >= BlockStatus.VALID_TREE, 'every header was checked');
  const inherits = prev !== NO_HEADER && tree.isInvalid(prev);
  assert(
    ((status & BlockStatus.FAILED_CHILD) !== 0) === inherits,
    'what builds on an invalid block is invalid',
  );
  assert(level >= BlockStatus.VALID_TRANSACTIONS === tree.txCount(id) > 0, 'transactions seen are counted');
  if (tree.hasUndo(id)) assert(tree.hasData(id), 'undo data go with block data');
  if (tree.hasData(id) || !havePruned) {
    assert(tree.hasData(id) === tree.txCount(id) > 0, 'transactions seen are on disk until pruned');
  }
  // Genesis itself is never checked so far.
  if (level < BlockStatus.VALID_SCRIPTS || tree.height(prev) === 0) return;
  const before = tree.status(prev) & BlockStatus.VALID_MASK;
  assert(before >= BlockStatus.VALID_SCRIPTS, 'a block is fully checked after its predecessor');
}

function checkTransactions({ tree }: ChainState, { seen }: PathFacts, id: number): void {
  const prev = tree.prev(id);
  assert(
    tree.isLinked(id) === (seen[id] === 1),
    'a block is linked when all transactions up to it were seen',
  );
  if (!tree.isLinked(id)) {
    assert(tree.sequence(id) <= 0, 'only linked blocks have a place in the order of arrival');
    return;
  }
  const before = prev === NO_HEADER ? 0 : tree.chainTxCount(prev);
  assert(tree.chainTxCount(id) === before + tree.txCount(id), 'transactions add up');
}

function checkCandidate(state: ChainState, { complete }: PathFacts, id: number): void {
  const { tree, active, candidates } = state;
  if (active.height < 0) return;
  const qualifies = tree.isLinked(id) && !tree.isInvalid(id) && tree.compareTips(id, active.tip) >= 0;
  if (candidates.has(id)) assert(qualifies, 'a candidate is linked, valid, and not worse than the tip');
  else assert(!qualifies || complete[id] === 0, 'what qualifies is a candidate, unless data are missing');
}

function checkUnlinked({ tree, links }: ChainState, { complete }: PathFacts, id: number): void {
  const filed = links.isUnlinked(id);
  if (filed) assert(tree.hasData(id), 'a block that waits for others has data itself');
  if (tree.hasData(id) && !tree.isLinked(id) && !tree.isInvalid(id)) {
    assert(filed, 'a block that cannot be linked yet waits for its predecessor');
  }
  if (filed) assert(complete[id] === 0 || !tree.isLinked(id), 'a block does not wait for what is there');
}

function checkActiveChain({ tree, active, candidates }: ChainState): void {
  if (active.height < 0) return;
  assert(candidates.has(active.tip), 'the tip is a candidate');
  for (let height = active.height, id = active.tip; height >= 0; height--, id = tree.prev(id)) {
    assert(active.at(height) === id, 'the active chain is one branch');
    assert(!tree.isInvalid(id) && tree.isLinked(id), 'the active chain is valid');
  }
}

function checkBestHeader({ tree, shared: { bestHeader } }: ChainState): void {
  assert(bestHeader !== NO_HEADER && !tree.isInvalid(bestHeader), 'the best header is valid');
  for (let id = 0; id < tree.size; id++) {
    if (!tree.isInvalid(id)) assert(tree.compareWork(id, bestHeader) <= 0, 'no valid header has more work');
  }
}
