import { NO_HEADER } from '../../consensus/chain-view.js';
import { Block } from '../../primitives/block.js';
import { bytesEqual, type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import type { ChainState } from '../chain-state.js';
import { acceptBlock } from '../connect/accept-block.js';
import type { FilePosition } from '../header-tree.js';
import { scanBlockFile } from '../store/block-scan.js';
import type { ScannedBlock } from '../store/block-store.js';
import { loadGenesis } from './genesis.js';

/**
 * Finds all blocks in the block files and puts them into the index (-reindex). They lie in the order in which they came,
 * often not in that of the chain: those whose predecessor was not seen yet wait, by their position only.
 *
 * Effects: tree, candidates, infos of the files. The best chain is activated afterwards.
 */
export async function reindexBlockFiles(state: ChainState): Promise<void> {
  const { blocks, index, logger } = state;
  const importer = new BlockImporter(state);
  for (let file = 0; blocks.hasFile(file); file++) {
    logger.info(`Reindexing block file blk${file.toString().padStart(5, '0')}.dat...`);
    for await (const record of blocks.scan(file)) {
      if (state.stopping) return;
      const block = parseRecord(state, record);
      if (block !== undefined) await importer.take(block, { file, offset: record.pos });
    }
  }
  await index.writeReindexing(false);
  logger.info('Reindexing finished');
  loadGenesis(state);
}

/** Accepts blocks from files in any order. */
class BlockImporter {
  /** Positions of blocks by the hash of their unknown predecessor. */
  private readonly waiting = new Map<HashKey, FilePosition[]>();
  loaded = 0;

  constructor(private readonly state: ChainState) {}

  /** @param storedAt where the block lies in our own files; undefined for a foreign file, whose blocks cannot wait */
  async take(block: Block, storedAt?: FilePosition): Promise<void> {
    const { tree, params, logger } = this.state;
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
    const options = storedAt === undefined ? { requested: true } : { requested: true, storedAt };
    if (acceptBlock(this.state, block, options).isNew) this.loaded++;
  }

  /** Takes the blocks that waited for `hash`, and those that waited for them. */
  private async takeWaiting(hash: HashKey): Promise<void> {
    const { logger, blocks } = this.state;
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

/** Blocks of a file that are taken before others in the chain's queue get a turn. */
const EXTERNAL_LOT = 32;

/**
 * Takes the blocks of a file in the form of block files (-loadblock), in lots.
 *
 * @param inQueue runs a lot as one change of the chain, and brings the chain up to date
 * @returns how many blocks were new
 */
export async function loadExternalFile(
  state: ChainState,
  path: string,
  inQueue: (lot: () => Promise<void>) => Promise<void>,
): Promise<number> {
  const importer = new BlockImporter(state);
  let lot: Block[] = [];
  const takeLot = () => {
    const blocks = lot;
    lot = [];
    return inQueue(async () => {
      for (const block of blocks) await importer.take(block);
    });
  };
  for await (const record of scanBlockFile(path, state.params.magic)) {
    if (state.stopping) break;
    const block = parseRecord(state, record);
    if (block !== undefined) lot.push(block);
    if (lot.length >= EXTERNAL_LOT) await takeLot();
  }
  await takeLot();
  return importer.loaded;
}

/** Bytes that look like a block's record and are none are passed over: files have always had some. */
function parseRecord({ logger }: ChainState, record: ScannedBlock): Block | undefined {
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
