import type { HeaderId } from '../consensus/chain-view.js';
import { Block } from '../primitives/block.js';
import { bytesEqual, hashToHex } from '../primitives/bytes.js';
import { DecodeError } from '../primitives/codec.js';
import type { BlockUndo } from './chain.js';
import type { SharedState } from './chain-state.js';
import { BlockStatus } from './store/block-status.js';
import { StoreError } from './store/store-error.js';
import { decodeBlockUndo } from './store/undo-codec.js';

type BlockData = Pick<SharedState, 'tree' | 'blocks'>;

/** Serialised block. @throws StoreError when it is not on disk or cannot be read */
export async function readBlockBytes({ tree, blocks }: BlockData, id: HeaderId): Promise<Uint8Array> {
  if (!tree.hasData(id)) throw missing(tree.hash(id), 'Block not available');
  const { file, offset } = tree.dataPosition(id);
  return blocks.readBlock({ file, pos: offset });
}

/** The block, whose hash is what the index says. @throws StoreError as {@link readBlockBytes}, and `corrupt` */
export async function readBlock(data: BlockData, id: HeaderId): Promise<Block> {
  const bytes = await readBlockBytes(data, id);
  const hash = data.tree.hash(id);
  const block = decoding(hash, 'Block', () => Block.parse(bytes));
  if (!bytesEqual(block.hash, hash)) throw corrupt(hash, 'Block differs from what the index says');
  return block;
}

/** Coins that the block spent; genesis spent none. @throws StoreError when they are not on disk or cannot be read */
export async function readUndo({ tree, blocks }: BlockData, id: HeaderId): Promise<BlockUndo> {
  const hash = tree.hash(id);
  if (tree.height(id) === 0) return [];
  if (!tree.hasUndo(id)) throw missing(hash, 'Undo data not available');
  const { file, offset } = tree.undoPosition(id);
  const bytes = await blocks.readUndo({ file, pos: offset }, tree.hash(tree.prev(id)));
  return decoding(hash, 'Undo data', () => decodeBlockUndo(bytes));
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

function decoding<T>(hash: Uint8Array, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof DecodeError) throw corrupt(hash, `${what} cannot be read: ${thrown.message}`);
    throw thrown;
  }
}

function missing(hash: Uint8Array, what: string): StoreError {
  return new StoreError('missing', hashToHex(hash), what);
}

function corrupt(hash: Uint8Array, what: string): StoreError {
  return new StoreError('corrupt', hashToHex(hash), what, '-reindex');
}
