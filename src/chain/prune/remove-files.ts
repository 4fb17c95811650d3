import type { SharedState } from '../chain-state.js';
import { orFail } from '../fatal.js';
import { writeFailed, writeIndex } from '../write-index.js';

/**
 * Removes files with all the blocks and undo data in them.
 *
 * Coins must have been written before, so that no block in these files is needed to finish a write of them. A crash
 * between index and files leaves files that the index knows nothing of: the next start removes them.
 *
 * Effects: the flag that tells of pruning, tree, candidates, block index on disk; then the files are gone.
 *
 * @throws ChainFailure when the block index cannot be written
 */
export async function removeFiles(shared: SharedState, files: readonly number[]): Promise<void> {
  if (files.length === 0) return;
  if (!shared.havePruned) {
    shared.havePruned = true;
    await orFail(shared, writeFailed, () => shared.index.writeFlag('prunedblockfiles', true));
  }
  forgetFiles(shared, new Set(files));
  await writeIndex(shared);
  shared.blocks.unlinkFiles(files);
}

/** Nothing in these files is there any more. Effects: tree, candidates, infos of the files. */
function forgetFiles({ tree, blocks, links, recent }: SharedState, files: ReadonlySet<number>): void {
  for (let id = 0; id < tree.size; id++) {
    if (!tree.hasData(id) && !tree.hasUndo(id)) continue;
    if (!files.has(tree.dataPosition(id).file)) continue;
    tree.clearData(id);
    links.dataRemoved(id);
    recent.take(id);
  }
  for (const file of files) blocks.pruneFile(file);
}

/** Removes pruned files that a former run left on the disk (Core's ScanAndUnlinkAlreadyPrunedFiles). */
export function removeLeftFiles({ blocks, havePruned }: SharedState): void {
  if (!havePruned) return;
  const files: number[] = [];
  for (let file = 0; file < blocks.fileCount - 1; file++) {
    if (blocks.fileInfo(file).size === 0) files.push(file);
  }
  blocks.unlinkFiles(files);
}
