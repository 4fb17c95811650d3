import type { BlockUndo, Chain } from '../../chain/chain.js';
import { StoreError } from '../../chain/store/store-error.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import type { Block } from '../../primitives/block.js';
import { RpcCode, RpcError } from '../errors.js';

/** The block. @throws RpcError when it was pruned, or cannot be read */
export function readBlock(chain: Chain, id: HeaderId): Promise<Block> {
  return read(chain, id, BLOCK_TEXTS, () => chain.readBlock(id));
}

/** Its serialisation. @throws RpcError as {@link readBlock} */
export function readBlockBytes(chain: Chain, id: HeaderId): Promise<Uint8Array> {
  return read(chain, id, BLOCK_TEXTS, () => chain.readBlockBytes(id));
}

/** The coins that the block spent. @throws RpcError when they were pruned, or cannot be read */
export function readUndo(chain: Chain, id: HeaderId): Promise<BlockUndo> {
  return read(chain, id, UNDO_TEXTS, () => chain.readUndo(id));
}

/** The same; undefined when they are not there or cannot be read. */
export async function undoIfThere(chain: Chain, id: HeaderId): Promise<BlockUndo | undefined> {
  try {
    return await chain.readUndo(id);
  } catch (thrown) {
    if (thrown instanceof StoreError) return undefined;
    throw thrown;
  }
}

/** What is said of data that are gone by intent, and of any others. */
interface Texts {
  readonly pruned: string;
  readonly unreadable: string;
}

const BLOCK_TEXTS: Texts = {
  pruned: 'Block not available (pruned data)',
  unreadable: 'Block not found on disk',
};
const UNDO_TEXTS: Texts = {
  pruned: 'Undo data not available (pruned data)',
  unreadable: "Can't read undo data from disk",
};

/** Data may go while they are read: that is one of the failures. */
async function read<T>(chain: Chain, id: HeaderId, texts: Texts, work: () => Promise<T>): Promise<T> {
  if (isPruned(chain, id)) throw new RpcError(RpcCode.MISC_ERROR, texts.pruned);
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown;
    throw new RpcError(RpcCode.MISC_ERROR, texts.unreadable);
  }
}

/** The block was there once (Core's IsBlockPruned). */
function isPruned({ havePruned, headers }: Chain, id: HeaderId): boolean {
  return havePruned && !headers.hasData(id) && headers.txCount(id) > 0;
}
