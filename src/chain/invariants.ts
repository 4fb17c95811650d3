import { NO_HEADER } from '../consensus/chain-view.js';
import { blockWork } from '../primitives/target.js';
import { assert } from '../runtime/errors.js';
import type { ChainState, SharedState } from './chain-state.js';
import { skipHeight } from './headers/skip-list.js';
import { BlockStatus } from './store/block-status.js';

/** What holds for a block and all its ancestors, by id. */
interface PathFacts {
  /** Transactions of all were seen at some time. */
  readonly seen: Uint8Array;
  /** The same, where those up to the base of a snapshot in use count as seen. */
  readonly known: Uint8Array;
}

/**
 * Checks what header tree, active chains and candidates promise of each other (like Core's -checkblockindex). Looks at
 * every header, so it is for tests.
 *
 * @throws AssertionFailure
 */
export function checkInvariants(shared: SharedState): void {
  const { tree, states } = shared;
  if (tree.size === 0) return;
  const facts: PathFacts = { seen: new Uint8Array(tree.size), known: new Uint8Array(tree.size) };
  for (let id = 0; id < tree.size; id++) {
    gatherFacts(shared, facts, id);
    checkHeader(shared, id);
    checkStatus(shared, id);
    checkTransactions(shared, facts, id);
  }
  const complete = states.map(state => completePaths(state));
  for (const [index, state] of states.entries()) {
    for (let id = 0; id < tree.size; id++) checkCandidate(state, complete[index] as Uint8Array, id);
    checkActiveChain(state);
  }
  for (let id = 0; id < tree.size; id++) checkUnlinked(shared, facts, complete, id);
  checkBestHeader(shared);
}

function gatherFacts({ tree, links }: SharedState, { seen, known }: PathFacts, id: number): void {
  const prev = tree.prev(id);
  const isRoot = prev === NO_HEADER;
  const isSeen = tree.txCount(id) > 0;
  seen[id] = isSeen && (isRoot || seen[prev] === 1) ? 1 : 0;
  known[id] = id === links.base || (isSeen && (isRoot || known[prev] === 1)) ? 1 : 0;
}

/** Blocks of which, with all ancestors that are not in the chain, the data are on disk. */
function completePaths({ tree, active }: ChainState): Uint8Array {
  const complete = new Uint8Array(tree.size);
  for (let id = 0; id < tree.size; id++) {
    const prev = tree.prev(id);
    complete[id] =
      active.contains(id) || (tree.hasData(id) && (prev === NO_HEADER || complete[prev] === 1)) ? 1 : 0;
  }
  return complete;
}

function checkHeader({ tree }: SharedState, id: number): void {
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

function checkStatus({ tree, havePruned, links }: SharedState, id: number): void {
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
  // Genesis is never checked, and below the base of a snapshot nothing may have been checked yet.
  if (level < BlockStatus.VALID_SCRIPTS || prev <= 0 || prev === links.base) return;
  const before = tree.status(prev) & BlockStatus.VALID_MASK;
  assert(before >= BlockStatus.VALID_SCRIPTS, 'a block is fully checked after its predecessor');
}

function checkTransactions({ tree, links }: SharedState, { seen, known }: PathFacts, id: number): void {
  const prev = tree.prev(id);
  assert(
    tree.isLinked(id) === (known[id] === 1),
    'a block is linked when all transactions up to it were seen',
  );
  if (!tree.isLinked(id)) {
    assert(tree.sequence(id) <= 0, 'only linked blocks have a place in the order of arrival');
    return;
  }
  // How many lead up to the base of a snapshot is known before they were seen.
  if (id === links.base && seen[id] === 0) return;
  const before = prev === NO_HEADER ? 0 : tree.chainTxCount(prev);
  assert(tree.chainTxCount(id) === before + tree.txCount(id), 'transactions add up');
}

function checkCandidate({ active, candidates, tree }: ChainState, complete: Uint8Array, id: number): void {
  if (active.height < 0) return;
  const qualifies = !tree.isInvalid(id) && candidates.qualifies(id);
  if (candidates.has(id)) {
    assert(qualifies, 'a candidate is linked, valid, admitted, and not worse than the tip');
  } else assert(!qualifies || complete[id] === 0, 'what qualifies is a candidate, unless data are missing');
}

function checkUnlinked(
  { tree, links }: SharedState,
  { seen }: PathFacts,
  complete: readonly Uint8Array[],
  id: number,
): void {
  const filed = links.isUnlinked(id);
  if (filed) assert(tree.hasData(id), 'a block that waits for others has data itself');
  if (tree.hasData(id) && !tree.isLinked(id) && !tree.isInvalid(id)) {
    assert(filed, 'a block that cannot be linked yet waits for its predecessor');
  }
  if (!filed || seen[id] === 0) return;
  assert(
    complete.some(paths => paths[id] === 0),
    'a block does not wait for what is there',
  );
}

function checkActiveChain({ tree, active, candidates, base }: ChainState): void {
  if (active.height < 0) return;
  assert(candidates.has(active.tip), 'the tip is a candidate');
  for (let height = active.height, id = active.tip; height >= 0; height--, id = tree.prev(id)) {
    assert(active.at(height) === id, 'the active chain is one branch');
    // Below a snapshot nothing needs to have been seen.
    const isSeen = tree.isLinked(id) || (base !== NO_HEADER && height < tree.height(base));
    assert(!tree.isInvalid(id) && isSeen, 'the active chain is valid');
  }
}

function checkBestHeader({ tree, bestHeader }: SharedState): void {
  assert(bestHeader !== NO_HEADER && !tree.isInvalid(bestHeader), 'the best header is valid');
  for (let id = 0; id < tree.size; id++) {
    if (!tree.isInvalid(id)) assert(tree.compareWork(id, bestHeader) <= 0, 'no valid header has more work');
  }
}
