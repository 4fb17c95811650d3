import { mutationSteps } from '../consensus/block-check.js';
import type { HeaderId } from '../consensus/chain-view.js';
import { formatRejection } from '../consensus/rejection.js';
import { Block } from '../primitives/block.js';
import { bytesEqual, hashToHex } from '../primitives/bytes.js';
import { DecodeError } from '../primitives/codec.js';
import { inTurns } from '../runtime/turns.js';
import type { BlockUndo } from './chain.js';
import type { SharedState } from './chain-state.js';
import { BlockStatus } from './store/block-status.js';
import { StoreError } from './store/store-error.js';
import { decodeBlockUndo } from './store/undo-codec.js';

type BlockData = Pick<SharedState, 'tree' | 'blocks'>;

/** The bytes of {@link readBlock}'s block. @throws StoreError */
export async function readBlockBytes(data: BlockData, id: HeaderId): Promise<Uint8Array> {
  return (await readBlock(data, id)).raw;
}

/**
 * The block as it was stored: its header has the hash that the index says, and commits to all else, witnesses included.
 * A changed byte in a witness would otherwise make a good block an invalid one, and be passed on to others. (Core looks
 * at the header alone.) Costs 4 ms for a megabyte.
 *
 * @throws StoreError when it is not on disk, cannot be read, or was changed
 */
export async function readBlock({ tree, blocks }: BlockData, id: HeaderId): Promise<Block> {
  const hash = tree.hash(id);
  if (!tree.hasData(id)) throw missing(hash, 'Block not available');
  const { file, offset } = tree.dataPosition(id);
  const bytes = await blocks.readBlock({ file, pos: offset });
  const where = `${hashToHex(hash)} in ${blocks.filePath(file)}`;
  const block = decoding(where, 'Block', () => Block.parse(bytes));
  if (!bytesEqual(block.hash, hash)) throw corrupt(where, 'Block differs from what the index says');
  const hadWitnesses = (tree.status(id) & BlockStatus.OPT_WITNESS) !== 0;
  const mutation = await inTurns(mutationSteps(block, hadWitnesses));
  if (mutation !== undefined) throw corrupt(where, `Block data are damaged: ${formatRejection(mutation)}`);
  return block;
}

/** Coins that the block spent; genesis spent none. @throws StoreError when they are not on disk or cannot be read */
export async function readUndo({ tree, blocks }: BlockData, id: HeaderId): Promise<BlockUndo> {
  const hash = tree.hash(id);
  if (tree.height(id) === 0) return [];
  if (!tree.hasUndo(id)) throw missing(hash, 'Undo data not available');
  const { file, offset } = tree.undoPosition(id);
  const bytes = await blocks.readUndo({ file, pos: offset }, tree.hash(tree.prev(id)));
  return decoding(hashToHex(hash), 'Undo data', () => decodeBlockUndo(bytes));
}

/**
 * Appends a block to the files.
 *
 * Effects: writes; the position and HAVE_DATA in the tree.
 */
export function storeBlock({ tree, blocks }: BlockData, id: HeaderId, block: Block): void {
  const { file, pos } = blocks.writeBlock(block.raw, tree.height(id), block.header.time);
  tree.setData(id, { file, offset: pos });
}

/**
 * Appends undo data, unless the block has some: what it spends never changes.
 *
 * Effects: writes; the position and HAVE_UNDO in the tree.
 */
export function storeUndo({ tree, blocks }: BlockData, id: HeaderId, bytes: Uint8Array): void {
  if ((tree.status(id) & BlockStatus.HAVE_UNDO) !== 0) return;
  const { file } = tree.dataPosition(id);
  const { pos } = blocks.writeUndo(bytes, tree.hash(tree.prev(id)), file, tree.height(id));
  tree.setUndo(id, pos);
}

function decoding<T>(where: string, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof DecodeError) throw corrupt(where, `${what} cannot be read: ${thrown.message}`);
    throw thrown;
  }
}

function missing(hash: Uint8Array, what: string): StoreError {
  return new StoreError('missing', hashToHex(hash), what);
}

function corrupt(where: string, what: string): StoreError {
  return new StoreError('corrupt', where, what, '-reindex');
}
