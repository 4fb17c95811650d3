import { basename } from 'node:path';
import type { HeaderId } from '../consensus/chain-view.js';
import type { SharedState } from './chain-state.js';
import { orFail } from './fatal.js';
import type { BlockIndexEntry } from './store/block-index-db.js';
import type { StoreError } from './store/store-error.js';

function flushFailed({ path }: StoreError): string {
  const kind = basename(path).startsWith('rev') ? 'undo' : 'block';
  return `Flushing ${kind} file to disk failed. This is likely the result of an I/O error.`;
}

/** What is said when a database cannot be written. */
export const writeFailed = (failure: StoreError): string => `System error while flushing: ${failure.message}`;

/** Writes block files, then the index that names places in them. Effects: disk only. @throws ChainFailure */
export async function writeIndex(shared: SharedState): Promise<void> {
  const { blocks, index, tree } = shared;
  await orFail(shared, flushFailed, () => blocks.flush());
  const files = [...blocks.takeChangedFiles()];
  const changed = tree.takeDirty();
  if (files.length === 0 && changed.length === 0) return;
  const lastFile = Math.max(blocks.fileCount - 1, 0);
  const entries = indexEntries(shared, changed);
  await orFail(shared, writeFailed, () => index.writeBatch({ files, lastFile, entries }));
}

/** Made one by one: after a sync of headers there may be a million. */
function* indexEntries(shared: SharedState, ids: readonly HeaderId[]): Generator<BlockIndexEntry> {
  for (const id of ids) yield indexEntry(shared, id);
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
