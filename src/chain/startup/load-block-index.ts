import { NO_HEADER } from '../../consensus/chain-view.js';
import type { SnapshotFacts } from '../../consensus/params.js';
import { checkProofOfWork } from '../../consensus/pow.js';
import { MessageList } from '../../crypto/sha256/message-list.js';
import { hashMessages } from '../../crypto/sha256.js';
import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import { BITS_AT, HEADER_SIZE } from '../../primitives/header.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import { findBestHeader } from '../best-header.js';
import type { SharedState } from '../chain-state.js';
import { HeaderColumns, PAGE_ROWS, rowOf } from '../headers/columns.js';
import { removeLeftFiles } from '../prune/remove-files.js';
import { BlockStatus } from '../store/block-status.js';
import { EMPTY_FILE_INFO } from '../store/block-store.js';
import { StoreError } from '../store/store-error.js';
import { loadIndexImage } from './index-image.js';

const WRONG_NETWORK = 'Incorrect or no genesis block found. Wrong datadir for network?';

export interface LoadedIndex {
  /** The headers are as a chain in this process had them, which has checked what it stored. */
  readonly isKept: boolean;
}

/**
 * Reads all headers and file infos from the index; the headers may have been kept in memory.
 *
 * Effects: tree, best header, block store's infos; files that were pruned and are still there are removed. Candidates
 * come later, when the tip is known.
 *
 * @param snapshot the snapshot in use
 * @throws StartError when the data are of another network, or were pruned and are not to be
 * @throws StoreError when entries are damaged, or block files are missing
 */
export async function loadBlockIndex(
  shared: SharedState,
  snapshot: SnapshotFacts | undefined,
): Promise<LoadedIndex> {
  const { tree, index, blocks, params, logger } = shared;
  const isKept = loadIndexImage(shared);
  if (!isKept) await readHeaders(shared);
  if (tree.size > 0 && tree.find(params.consensus.genesisHash) === NO_HEADER)
    throw new StartError(WRONG_NETWORK);
  if (snapshot !== undefined) useSnapshot(shared, snapshot);
  lowerValidity(shared);
  findBestHeader(shared);
  shared.notifiedHeader = shared.bestHeader;
  shared.havePruned = index.readFlag('prunedblockfiles') ?? false;
  const infos = index.readFileInfos().map(info => info ?? EMPTY_FILE_INFO);
  logger.info(`LoadBlockIndexDB: last block file = ${index.readLastFile()}`);
  blocks.load(infos);
  checkFiles(shared);
  checkPruned(shared);
  return { isKept };
}

/** A directory that was pruned stays so: what is gone does not come back without building the index anew. */
function checkPruned(shared: SharedState): void {
  if (!shared.havePruned) return;
  shared.logger.info('LoadBlockIndexDB(): Block files have previously been pruned');
  removeLeftFiles(shared);
  if (shared.limits.pruneTarget !== undefined) return;
  throw new UnusableDataError(
    'You need to rebuild the database using -reindex to go back to unpruned mode.  This will redownload the entire blockchain',
  );
}

/** What is stored does not tell how many transactions lead up to the base of a snapshot: the network's parameters do. */
function useSnapshot({ tree, links, blocks, logger }: SharedState, facts: SnapshotFacts): void {
  blocks.setSnapshotHeight(facts.height);
  const base = tree.find(facts.blockHash);
  if (base === NO_HEADER) return;
  links.setBase(base, facts.chainTxCount);
  logger.info(`[snapshot] set m_chain_tx_count=${facts.chainTxCount} for ${hashToHex(facts.blockHash)}`);
}

/**
 * A snapshot that is not in use any more let blocks be checked whose predecessors were not. They count as not checked,
 * since the others will be.
 */
function lowerValidity({ tree, links }: SharedState): void {
  const { VALID_MASK, VALID_TRANSACTIONS, VALID_CHAIN } = BlockStatus;
  for (let id = 1; id < tree.size; id++) {
    const status = tree.status(id);
    const level = status & VALID_MASK;
    const prev = tree.prev(id);
    // Core leaves genesis, which it does not connect, at a lower level.
    if (level < VALID_CHAIN || prev === links.base || prev === 0) continue;
    if ((tree.status(prev) & VALID_MASK) < level)
      tree.setStatus(id, (status & ~VALID_MASK) | VALID_TRANSACTIONS);
  }
}

async function readHeaders(shared: SharedState): Promise<void> {
  // The database sorts by hash; predecessors must come first.
  const rows = await readRows(shared);
  const wrong = shared.limits.trustIndex ? new Set<number>() : rowsOfWrongHash(rows);
  for (const row of byHeight(rows)) addRow(shared, rows, row, !wrong.has(row));
}

/** The entries as they come, in columns: a million objects would take half a gigabyte for a moment. */
async function readRows({ index }: SharedState): Promise<HeaderColumns> {
  const rows = new HeaderColumns();
  await index.readAll(entry => {
    const id = rows.addRow();
    const page = rows.page(id);
    const row = rowOf(id);
    page.headers.set(entry.header.raw, row * HEADER_SIZE);
    page.hashes.set(entry.hash, row * 32);
    page.height[row] = entry.height;
    page.status[row] = entry.status;
    page.txCount[row] = entry.txCount;
    page.file[row] = entry.file;
    page.dataPos[row] = entry.dataPos;
    page.undoPos[row] = entry.undoPos;
  });
  return rows;
}

/** Ids of the rows in order of height. */
function byHeight(rows: HeaderColumns): Uint32Array {
  const heights = Int32Array.from(
    { length: rows.count },
    (_, id) => rows.page(id).height[rowOf(id)] as number,
  );
  const order = Uint32Array.from({ length: rows.count }, (_, id) => id);
  return order.sort((a, b) => (heights[a] as number) - (heights[b] as number));
}

/** Ids of the rows that are not of the header whose hash they have. All are hashed together. */
function rowsOfWrongHash(rows: HeaderColumns): Set<number> {
  const wrong = new Set<number>();
  for (let first = 0; first < rows.count; first += PAGE_ROWS) {
    const { headers, hashes } = rows.page(first);
    const count = Math.min(PAGE_ROWS, rows.count - first);
    const messages = new MessageList(headers);
    for (let row = 0; row < count; row++) {
      messages.range(row * HEADER_SIZE, (row + 1) * HEADER_SIZE);
      messages.endMessage();
    }
    const made = hashMessages(messages);
    if (bytesEqual(made, hashes.subarray(0, made.length))) continue;
    for (let row = 0; row < count; row++) {
      const hash = made.subarray(row * 32, (row + 1) * 32);
      if (!rows.isOf(first + row, hash)) wrong.add(first + row);
    }
  }
  return wrong;
}

/**
 * Adds a header as it is stored, on top of its predecessor.
 *
 * @param isSound the hash is that of the header
 * @throws StoreError for an entry that cannot have been stored
 */
function addRow(
  { tree, params, index, limits }: SharedState,
  from: HeaderColumns,
  fromId: number,
  isSound: boolean,
): void {
  const hash = from.hashBytes(fromId);
  const height = from.page(fromId).height[rowOf(fromId)] as number;
  const isRoot = tree.size === 0;
  if (isRoot && !bytesEqual(params.genesis.hash, hash)) throw new StartError(WRONG_NETWORK);
  const bits = from.wordAt(fromId, BITS_AT) >>> 0;
  if (!limits.trustIndex && !(isSound && checkProofOfWork(hash, bits, params.consensus))) {
    throw index.corrupt(`CheckProofOfWork failed: ${hashToHex(hash)}`);
  }
  const prev = isRoot ? NO_HEADER : tree.findPrev(from.headerBytes(fromId));
  const expected = prev === NO_HEADER ? 0 : tree.height(prev) + 1;
  if ((prev === NO_HEADER && !isRoot) || height !== expected) {
    throw index.corrupt(`block index is non-contiguous, ${hashToHex(hash)} of height ${height} stands alone`);
  }
  tree.addStored(from, fromId, prev);
}

function checkFiles({ tree, blocks, logger }: SharedState): void {
  logger.info('Checking all blk files are present...');
  const files = new Set<number>();
  for (let id = 0; id < tree.size; id++) if (tree.hasData(id)) files.add(tree.dataPosition(id).file);
  for (const file of files) {
    if (blocks.hasFile(file)) continue;
    throw new StoreError('missing', blocks.filePath(file), 'Block file is missing', '-reindex');
  }
}
