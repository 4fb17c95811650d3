import { join } from 'node:path';
import { type BlockData, readBlock } from './block.js';
import { FormatError } from './cursor.js';
import {
  type BlockIndex,
  type Chainstate,
  type FileInfoRecord,
  type IndexRecord,
  readBlockIndex,
  readChainstate,
} from './databases.js';
import { type FlatFile, MAGIC, readFlatFiles, undoChecksum } from './flat-files.js';
import { hex } from './hashing.js';
import { Replay } from './replay.js';
import { type CoinData, readUndo, undoBytes } from './undo.js';

/** A block with what the directory has of it. */
export interface StoredBlock {
  readonly record: IndexRecord;
  readonly block: BlockData;
  /** Coins spent, from the rev files; undefined when there are none. */
  readonly undo: readonly (readonly CoinData[])[] | undefined;
}

export interface DataDirectory {
  readonly blockFiles: readonly FlatFile[];
  readonly undoFiles: readonly FlatFile[];
  readonly index: BlockIndex;
  readonly chainstate: Chainstate;
  /** Blocks in the files, by hash, in the order in which they lie there. */
  readonly blocks: ReadonlyMap<string, StoredBlock>;
}

/**
 * Reads all of a network's directory, each record by itself and against those that name it.
 *
 * @throws FormatError on the first thing that does not fit
 */
export async function readDataDirectory(
  directory: string,
  magic: string = MAGIC.regtest,
): Promise<DataDirectory> {
  const blocksDir = join(directory, 'blocks');
  const blockFiles = readFlatFiles(blocksDir, 'blk', magic);
  const undoFiles = readFlatFiles(blocksDir, 'rev', magic);
  const index = await readBlockIndex(blocksDir);
  const chainstate = await readChainstate(join(directory, 'chainstate'));
  const undo = undoByPlace(undoFiles);
  const blocks = new Map<string, StoredBlock>();
  for (const { file, pos, data } of blockFiles.flatMap(({ records }) => records)) {
    const block = readBlock(data);
    const record = index.blocks.get(block.hash);
    if (record === undefined) throw new FormatError(`the index does not know ${block.hash}`);
    if (record.file !== file || record.dataPos !== pos || record.txCount !== block.txs.length)
      throw new FormatError(`the index has another place or count of ${block.hash}`);
    blocks.set(block.hash, { record, block, undo: takeUndo(undo, record) });
  }
  const lost = [...index.blocks.values()].filter(
    record => record.dataPos !== undefined && !blocks.has(record.hash),
  );
  if (lost.length > 0) throw new FormatError(`${lost.length} blocks of the index are in no file`);
  if (undo.size > 0) throw new FormatError(`undo data that no block names: ${[...undo.keys()]}`);
  return { blockFiles, undoFiles, index, chainstate, blocks };
}

interface UndoData {
  readonly data: Uint8Array;
  readonly checksum: Uint8Array;
}

function undoByPlace(files: readonly FlatFile[]): Map<string, UndoData> {
  const records = files.flatMap(file => file.records);
  return new Map(records.map(({ file, pos, data, checksum }) => [`${file}:${pos}`, { data, checksum }]));
}

function takeUndo(all: Map<string, UndoData>, record: IndexRecord): CoinData[][] | undefined {
  if (record.undoPos === undefined) return undefined;
  const place = `${record.file}:${record.undoPos}`;
  const found = all.get(place);
  if (found === undefined) throw new FormatError(`no undo data at ${place} for ${record.hash}`);
  all.delete(place);
  if (hex(found.checksum) !== hex(undoChecksum(record.prev, found.data)))
    throw new FormatError(`checksum of the undo data of ${record.hash}`);
  const undo = readUndo(found.data);
  if (hex(found.data) !== hex(Uint8Array.from(undoBytes(undo))))
    throw new FormatError(`the undo data of ${record.hash} are not written as Core writes them`);
  return undo;
}

/** Blocks from genesis to `tip`, all of which must be stored. */
export function branchTo({ blocks }: DataDirectory, tip: string): StoredBlock[] {
  const branch: StoredBlock[] = [];
  for (let at = blocks.get(tip); at !== undefined; at = blocks.get(at.block.prev)) branch.unshift(at);
  if (branch[0]?.record.height !== 0) throw new FormatError(`no whole branch to ${tip}`);
  return branch;
}

/** Plays the blocks up to `tip`; the undo data on the way must be what they spend. */
export function replayTo(directory: DataDirectory, tip: string): Replay {
  const replay = new Replay();
  for (const { block, record, undo } of branchTo(directory, tip)) {
    const spent = replay.connect(block);
    if (record.height !== replay.height) throw new FormatError(`height of ${block.hash}`);
    if (record.height === 0) continue;
    if (undo === undefined) throw new FormatError(`no undo data of ${block.hash}`);
    if (hex(Uint8Array.from(undoBytes(undo))) !== hex(Uint8Array.from(undoBytes(spent))))
      throw new FormatError(`undo data of ${block.hash} are not what it spent`);
  }
  return replay;
}

/** What the index should say of a file, going by what is in it. */
export function fileInfoOf(directory: DataDirectory, number: number): FileInfoRecord {
  const stored = [...directory.blocks.values()].filter(({ record }) => record.file === number);
  const heights = stored.map(({ record }) => record.height);
  const times = stored.map(({ block }) => block.time);
  return {
    blocks: stored.length,
    size: usedOf(directory.blockFiles, number),
    undoSize: usedOf(directory.undoFiles, number),
    heightFirst: Math.min(...heights),
    heightLast: Math.max(...heights),
    timeFirst: Math.min(...times),
    timeLast: Math.max(...times),
  };
}

function usedOf(files: readonly FlatFile[], number: number): number {
  return files.find(file => file.number === number)?.used ?? 0;
}
