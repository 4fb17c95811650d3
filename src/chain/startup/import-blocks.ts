import { NO_HEADER } from '../../consensus/chain-view.js';
import { Block } from '../../primitives/block.js';
import { bytesEqual, type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import { announceBestHeader } from '../best-header.js';
import type { SharedState } from '../chain-state.js';
import { acceptBlock } from '../connect/accept-block.js';
import { failChain } from '../fatal.js';
import type { FilePosition } from '../header-tree.js';
import { openBlockFile } from '../store/block-scan.js';
import type { ScannedBlock } from '../store/block-store.js';
import { StoreError } from '../store/store-error.js';
import { writeIndex } from '../write-index.js';
import { loadGenesis } from './genesis.js';

/** How an import changes the chain, while others have their turns in between. */
export interface ImportSteps {
  /** Runs a change of the chain in its queue. */
  change(work: () => Promise<void>): Promise<void>;
  /** Moves to the best chain, step by step. */
  activate(): Promise<void>;
}

/** Blocks of a file that are taken before others in the chain's queue get a turn, and bytes of them held meanwhile. */
const LOT_BLOCKS = 32;
const LOT_BYTES = 16 << 20;

/** Every so many blocks that were there already are worth a line in the log. */
const KNOWN_BLOCKS_PER_LINE = 1000;

/**
 * Finishes or carries out a reindex, takes the blocks of files (`-loadblock`), and connects all that is known and not
 * connected yet. The node counts as catching up meanwhile.
 *
 * A file that cannot be opened is warned of and passed over.
 *
 * Effects: tree, candidates, block files, then those of activating.
 */
export async function importBlocks(
  shared: SharedState,
  files: readonly string[],
  steps: ImportSteps,
): Promise<void> {
  shared.importing = true;
  try {
    if (shared.reindexing) await reindexBlockFiles(shared, steps);
    for (const file of files) await importFile(shared, file, steps);
    if (shared.stopping) shared.logger.info('Interrupt requested. Exit ImportBlocks');
    else await steps.activate();
  } finally {
    shared.importing = false;
  }
}

/**
 * Finds all blocks in the block files and puts them into the index (-reindex). They lie in the order in which they came,
 * often not in that of the chain: those whose predecessor was not seen yet wait, by their position only. A reindex that
 * is broken off begins anew at the next start, with what is in the index by then.
 *
 * Effects: tree, candidates, infos of the files, and in the end the mark of an unfinished reindex.
 */
export async function reindexBlockFiles(shared: SharedState, steps: ImportSteps): Promise<void> {
  const { blocks, index, logger } = shared;
  const importer = new BlockImporter(shared);
  for (let file = 0; blocks.hasFile(file); file++) {
    logger.info(`Reindexing block file blk${file.toString().padStart(5, '0')}.dat...`);
    await importRecords(importer, blocks.scan(file), steps, file);
    if (shared.stopping) return;
  }
  await steps.change(async () => {
    // A crash between the two must not leave an index that lacks blocks and counts as whole (Core has that gap).
    await writeIndex(shared);
    await index.writeReindexing(false);
    shared.reindexing = false;
    logger.info('Reindexing finished');
    loadGenesis(shared);
  });
}

/**
 * Puts genesis into the index from the block files, where it is the first block as a rule.
 *
 * Effects: tree, candidates, infos of the files.
 *
 * @returns false when it is in none of them
 */
export async function reindexGenesis(shared: SharedState): Promise<boolean> {
  const { blocks, tree, params } = shared;
  if (tree.find(params.consensus.genesisHash) !== NO_HEADER) return true;
  for (let file = 0; blocks.hasFile(file); file++) {
    for await (const { bytes, pos } of blocks.scan(file)) {
      if (shared.stopping) return false;
      if (!bytesEqual(bytes, params.genesis.raw)) continue;
      const storedAt = { file, offset: pos };
      return acceptBlock(shared, params.genesis, { requested: true, storedAt }).accepted;
    }
  }
  return false;
}

/** Takes the blocks of any file in the form of block files. Those whose predecessor is not known are passed over. */
async function importFile(shared: SharedState, path: string, steps: ImportSteps): Promise<void> {
  if (shared.stopping) return;
  const { logger, params } = shared;
  const file = await openBlockFile(path, params.magic).catch((thrown: unknown) => {
    if (!(thrown instanceof StoreError)) throw thrown;
    logger.warn(`Warning: Could not open blocks file ${path}`);
    return undefined;
  });
  if (file === undefined) return;
  logger.info(`Importing blocks file ${path}...`);
  try {
    await importRecords(new BlockImporter(shared), file.scan(), steps);
  } finally {
    await file.close();
  }
}

/**
 * @param storedIn number of our own file that the records are from; undefined for a foreign one
 * @throws ChainFailure when the file cannot be read: what is left of it must not be missing without a word
 */
async function importRecords(
  importer: BlockImporter,
  records: AsyncIterable<ScannedBlock>,
  steps: ImportSteps,
  storedIn?: number,
): Promise<void> {
  const { shared } = importer;
  const { logger, clock } = shared;
  const start = clock.steadyMs();
  const before = importer.loaded;
  try {
    for await (const lot of blocksInLots(shared, records)) {
      await steps.change(async () => {
        for (const { block, pos } of lot) {
          await importer.take(block, storedIn === undefined ? undefined : { file: storedIn, offset: pos });
        }
      });
      // Foreign blocks are connected while they are in memory. Our own are indexed first, all of them: they lie in any
      // order, with stale branches among them.
      if (storedIn === undefined) await steps.activate();
      if (shared.stopping) return;
    }
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown;
    throw failChain(shared, `System error while loading external block file: ${thrown.message}`, thrown);
  }
  const took = Math.round(clock.steadyMs() - start);
  logger.info(`Loaded ${importer.loaded - before} blocks from external file in ${took}ms`);
}

interface FoundBlock {
  readonly block: Block;
  readonly pos: number;
}

async function* blocksInLots(
  shared: SharedState,
  records: AsyncIterable<ScannedBlock>,
): AsyncGenerator<readonly FoundBlock[], void, undefined> {
  let lot: FoundBlock[] = [];
  let bytes = 0;
  for await (const record of records) {
    const block = parseRecord(shared, record);
    if (block === undefined) continue;
    lot.push({ block, pos: record.pos });
    bytes += record.bytes.length;
    if (lot.length < LOT_BLOCKS && bytes < LOT_BYTES) continue;
    yield lot;
    lot = [];
    bytes = 0;
  }
  if (lot.length > 0) yield lot;
}

/** Bytes that look like a block's record and are none are passed over: files have always had some. */
function parseRecord({ logger }: SharedState, record: ScannedBlock): Block | undefined {
  try {
    return Block.parse(record.bytes);
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
    logger.debug(
      'reindex',
      `LoadExternalBlockFile: unexpected data at file offset 0x${record.pos.toString(16)} - ${thrown.message}. continuing`,
    );
    record.reject();
    return undefined;
  }
}

/** Accepts blocks from files in any order. */
class BlockImporter {
  /** Positions of blocks by the hash of their unknown predecessor. */
  private readonly waiting = new Map<HashKey, FilePosition[]>();
  loaded = 0;

  constructor(readonly shared: SharedState) {}

  /** @param storedAt where the block lies in our own files; undefined for a foreign file, whose blocks cannot wait */
  async take(block: Block, storedAt: FilePosition | undefined): Promise<void> {
    const { tree, params, logger } = this.shared;
    const isGenesis = bytesEqual(block.hash, params.consensus.genesisHash);
    if (!isGenesis && tree.find(block.header.prevHash) === NO_HEADER) {
      const prev = hashToHex(block.header.prevHash);
      logger.debug(
        'reindex',
        `LoadExternalBlockFile: Out of order block ${hashToHex(block.hash)}, parent ${prev} not known`,
      );
      if (storedAt !== undefined) this.wait(hashKey(block.header.prevHash), storedAt);
      return;
    }
    this.accept(block, storedAt);
    await this.takeWaiting(block.header.key);
  }

  private wait(prev: HashKey, at: FilePosition): void {
    const others = this.waiting.get(prev);
    if (others === undefined) this.waiting.set(prev, [at]);
    else others.push(at);
  }

  private accept(block: Block, storedAt: FilePosition | undefined): void {
    const { tree, logger } = this.shared;
    const known = tree.find(block.hash);
    if (known !== NO_HEADER && tree.hasData(known)) {
      const height = tree.height(known);
      if (height === 0 || height % KNOWN_BLOCKS_PER_LINE !== 0) return;
      logger.debug('reindex', `Block Import: already had block ${hashToHex(block.hash)} at height ${height}`);
      return;
    }
    const options = storedAt === undefined ? { requested: true } : { requested: true, storedAt };
    if (acceptBlock(this.shared, block, options).isNew) this.loaded++;
    announceBestHeader(this.shared);
  }

  /** Takes the blocks that waited for `hash`, and those that waited for them. */
  private async takeWaiting(hash: HashKey): Promise<void> {
    const { logger, blocks } = this.shared;
    const queue = [hash];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const positions = this.waiting.get(next) ?? [];
      this.waiting.delete(next);
      for (const at of positions) {
        const bytes = await blocks.readBlock({ file: at.file, pos: at.offset });
        const block = Block.parse(bytes);
        const [child, parent] = [hashToHex(block.hash), hashToHex(block.header.prevHash)];
        logger.debug('reindex', `LoadExternalBlockFile: Processing out of order child ${child} of ${parent}`);
        this.accept(block, at);
        queue.push(block.header.key);
      }
    }
  }
}
