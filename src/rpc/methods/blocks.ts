import type { BlockUndo } from '../../chain/chain.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import { hashToHex, toHex } from '../../primitives/bytes.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { RpcMethod } from '../method.js';
import { type BlockDetail, blockView, headerView } from '../views/block.js';
import { findHeader, headerAt } from './lookup.js';

const BLOCK_HASH = { name: 'blockhash', type: 'hex', description: 'The block hash' } as const;

const getblockhash: RpcMethod = {
  name: 'getblockhash',
  category: 'Blockchain',
  description: 'Returns hash of block in best-block-chain at height provided.',
  params: [{ name: 'height', type: 'number', description: 'The height index' }],
  result: '"hex"    (string) The block hash',
  examples: ['1000'],
  run: ({ chain }, args) => hashToHex(chain.headers.hash(headerAt(chain, args.int('height')))),
};

const getblockheader: RpcMethod = {
  name: 'getblockheader',
  category: 'Blockchain',
  description:
    "If verbose is false, returns a string that is serialized, hex-encoded data for blockheader 'hash'.\nIf verbose is true, returns an Object with information about blockheader <hash>.",
  params: [
    BLOCK_HASH,
    {
      name: 'verbose',
      type: 'bool',
      default: true,
      description: 'true for a json object, false for the hex-encoded data',
    },
  ],
  result:
    '{ "hash", "confirmations", "height", "version", "versionHex", "merkleroot", "time", "mediantime", "nonce", "bits", "difficulty", "chainwork", "nTx", "previousblockhash", "nextblockhash" }',
  examples: ['"blockhash"'],
  run: ({ chain }, args) => {
    const id = findHeader(chain, args.hash('blockhash'));
    return args.bool('verbose', true) ? headerView(chain, id) : toHex(chain.headers.header(id).raw);
  },
};

const DETAIL: readonly BlockDetail[] = ['txids', 'transactions', 'prevouts'];

const getblock: RpcMethod = {
  name: 'getblock',
  category: 'Blockchain',
  description:
    "If verbosity is 0, returns a string that is serialized, hex-encoded data for block 'hash'.\nIf verbosity is 1, returns an Object with information about block <hash>.\nIf verbosity is 2, returns an Object with information about block <hash> and information about each transaction.\nIf verbosity is 3, also shows the outputs that the transactions spend.",
  params: [
    BLOCK_HASH,
    {
      name: 'verbosity',
      aliases: ['verbose'],
      type: 'any',
      default: 1,
      description:
        '0 for hex-encoded data, 1 for a JSON object, 2 for JSON object with transaction data, and 3 for prevouts too',
    },
  ],
  result: '{ …as getblockheader, "strippedsize", "size", "weight", "tx": [ … ] }, or hex',
  examples: ['"blockhash"'],
  run: async (context, args) => {
    const { chain } = context;
    const verbosity = args.verbosity('verbosity', 1);
    const id = findHeader(chain, args.hash('blockhash'));
    requireData(context, id);
    if (verbosity <= 0) return toHex(await chain.readBlockBytes(id));
    const block = await chain.readBlock(id);
    const detail = DETAIL[Math.min(verbosity, DETAIL.length) - 1] ?? 'txids';
    return blockView(chain, id, block, detail, detail === 'txids' ? undefined : await undoOf(context, id));
  },
};

/** @throws RpcError when the block is not on disk */
export function requireData({ chain }: RpcContext, id: HeaderId): void {
  if (chain.headers.hasData(id)) return;
  const wasThere = chain.headers.txCount(id) > 0;
  throw new RpcError(
    RpcCode.MISC_ERROR,
    wasThere ? 'Block not available (pruned data)' : 'Block not found on disk',
  );
}

async function undoOf({ chain }: RpcContext, id: HeaderId): Promise<BlockUndo | undefined> {
  return chain.headers.hasUndo(id) ? chain.readUndo(id) : undefined;
}

const invalidateblock: RpcMethod = {
  name: 'invalidateblock',
  category: 'Hidden',
  description: 'Permanently marks a block as invalid, as if it violated a consensus rule.',
  params: [{ ...BLOCK_HASH, description: 'the hash of the block to mark as invalid' }],
  result: 'null',
  examples: ['"blockhash"'],
  run: async ({ chain }, args) => {
    const id = findHeader(chain, args.hash('blockhash'));
    await chain.invalidate(id);
    return null;
  },
};

const reconsiderblock: RpcMethod = {
  name: 'reconsiderblock',
  category: 'Hidden',
  description:
    'Removes invalidity status of a block, its ancestors and its descendants, reconsider them for activation.\nThis can be used to undo the effects of invalidateblock.',
  params: [{ ...BLOCK_HASH, description: 'the hash of the block to reconsider' }],
  result: 'null',
  examples: ['"blockhash"'],
  run: async ({ chain }, args) => {
    await chain.reconsider(findHeader(chain, args.hash('blockhash')));
    return null;
  },
};

const preciousblock: RpcMethod = {
  name: 'preciousblock',
  category: 'Blockchain',
  description:
    'Treats a block as if it were received before others with the same work.\nA later preciousblock call can override the effect of an earlier one.\nThe effects of preciousblock are not retained across restarts.',
  params: [{ ...BLOCK_HASH, description: 'the hash of the block to mark as precious' }],
  result: 'null',
  examples: ['"blockhash"'],
  run: async ({ chain }, args) => {
    await chain.precious(findHeader(chain, args.hash('blockhash')));
    return null;
  },
};

/** Single blocks: reading them, and telling the chain what to think of them. */
export const blockMethods: readonly RpcMethod[] = [
  getblockhash,
  getblockheader,
  getblock,
  invalidateblock,
  reconsiderblock,
  preciousblock,
];
