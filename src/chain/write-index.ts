import type { HeaderId } from '../consensus/chain-view.js';
import type { SharedState } from './chain-state.js';
import type { BlockIndexEntry } from './store/block-index-db.js';

/** Writes block files, then the index that names places in them. Effects: disk only. */
export async function writeIndex(state: SharedState): Promise<void> {
  const { blocks, index, tree } = state;
  await blocks.flush();
  const files = [...blocks.takeChangedFiles()];
  const entries = tree.takeDirty().map(id => indexEntry(state, id));
  if (files.length === 0 && entries.length === 0) return;
  await index.writeBatch({ files, lastFile: Math.max(blocks.fileCount - 1, 0), entries });
}

function indexEntry({ tree }: SharedState, id: HeaderId): BlockIndexEntry {
  const hasData = tree.hasData(id);
  const hasUndo = tree.hasUndo(id);
  const { file, offset } = tree.dataPosition(id);
  return {
    hash: tree.hash(id),
    header: tree.header(id),
    height: tree.height(id),
    status: tree.status(id),
    txCount: tree.txCount(id),
    file: hasData || hasUndo ? file : 0,
    dataPos: hasData ? offset : 0,
    undoPos: hasUndo ? tree.undoPosition(id).offset : 0,
  };
}
