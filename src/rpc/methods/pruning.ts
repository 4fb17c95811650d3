import type { Chain } from '../../chain/chain.js';
import { firstAtOrAfter } from '../../chain/first-at-or-after.js';
import { MIN_BLOCKS_TO_KEEP } from '../../chain/prune/limits.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import { TIMESTAMP_WINDOW } from '../../consensus/limits.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { RpcMethod } from '../method.js';

/** A number above is a time (since September 2001), not a height. */
const MAX_HEIGHT_ARGUMENT = 1_000_000_000;

const pruneblockchain: RpcMethod = {
  name: 'pruneblockchain',
  category: 'Blockchain',
  description:
    'Deletes old block files, those that hold no block above a height. The node must run with -prune; the last 288 blocks stay.',
  params: [
    {
      name: 'height',
      type: 'number',
      description:
        'Height up to which blocks may go, or a time (seconds since 1970): blocks go that are at least 2 hours older',
    },
  ],
  result: 'n    (numeric) height of the last block that is gone, -1 when all are there',
  examples: ['1000'],
  run: async (context, args) => {
    const { chain } = context;
    if (chain.pruneTarget === undefined) {
      throw new RpcError(RpcCode.MISC_ERROR, 'Cannot prune blocks because node is not in prune mode.');
    }
    const wanted = args.int('height');
    if (wanted < 0) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Negative block height.');
    await chain.prune(
      allowedHeight(context, wanted > MAX_HEIGHT_ARGUMENT ? heightAt(chain, wanted) : wanted),
    );
    return chain.prunedHeight ?? -1;
  },
};

function heightAt(chain: Chain, time: number): number {
  const id = firstAtOrAfter(chain, time - TIMESTAMP_WINDOW);
  if (id !== NO_HEADER) return chain.headers.height(id);
  throw new RpcError(
    RpcCode.INVALID_PARAMETER,
    'Could not find block with at least the specified timestamp.',
  );
}

/** @throws RpcError when the chain is too short to be pruned at all, or so far */
function allowedHeight({ chain, logger }: RpcContext, wanted: number): number {
  if (chain.height < chain.params.pruneAfterHeight) {
    throw new RpcError(RpcCode.MISC_ERROR, 'Blockchain is too short for pruning.');
  }
  if (wanted > chain.height) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'Blockchain is shorter than the attempted prune height.');
  }
  const highest = chain.height - MIN_BLOCKS_TO_KEEP;
  if (highest < 0 || wanted <= highest) return wanted;
  logger.debug('rpc', 'Attempt to prune blocks close to the tip.  Retaining the minimum number of blocks.');
  return highest;
}

/** Removing old blocks from the disk. */
export const pruningMethods: readonly RpcMethod[] = [pruneblockchain];
