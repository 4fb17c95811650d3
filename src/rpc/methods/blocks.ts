import { BlockOutOfReach } from '../../chain/fork-choice/invalidate.js';
import { hashToHex, toHex } from '../../primitives/bytes.js';
import { RpcCode, RpcError } from '../errors.js';
import type { RpcMethod } from '../method.js';
import { type BlockDetail, blockView, headerView } from '../views/block.js';
import { readBlock, readBlockBytes, undoIfThere } from './block-data.js';
import { findHeader, headerAt } from './lookup.js';

const BLOCK_HASH = { name: 'blockhash', type: 'hex', description: 'Hash of the block' } as const;

const getblockhash: RpcMethod = {
  name: 'getblockhash',
  category: 'Blockchain',
  description: "Gives the hash of the active chain's block at a height.",
  params: [{ name: 'height', type: 'number', description: 'Height, 0 for the genesis block' }],
  result: '"hex"    (string) block hash',
  examples: ['840000'],
  run: ({ chain }, args) => hashToHex(chain.headers.hash(headerAt(chain, args.int('height')))),
};

const getblockheader: RpcMethod = {
  name: 'getblockheader',
  category: 'Blockchain',
  description: 'Gives the header of a block, decoded or as its 80 bytes in hex.',
  params: [
    BLOCK_HASH,
    {
      name: 'verbose',
      type: 'bool',
      default: true,
      description: 'true for the decoded header, false for hex',
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
  description: 'Gives a block, as hex or decoded to the wanted depth.',
  params: [
    BLOCK_HASH,
    {
      name: 'verbosity',
      aliases: ['verbose'],
      type: 'any',
      default: 1,
      description:
        '0 gives hex, 1 a decoded block with txids, 2 decoded transactions with their fees, 3 also the outputs that they spend',
    },
  ],
  result: '{ …as getblockheader, "strippedsize", "size", "weight", "tx": [ … ] }, or hex',
  examples: ['"blockhash"'],
  run: async ({ chain }, args) => {
    const verbosity = args.verbosity('verbosity', 1);
    const id = findHeader(chain, args.hash('blockhash'));
    if (verbosity <= 0) return toHex(await readBlockBytes(chain, id));
    const block = await readBlock(chain, id);
    const detail = DETAIL[Math.min(verbosity, DETAIL.length) - 1] ?? 'txids';
    return blockView(chain, id, block, detail, detail === 'txids' ? undefined : await undoIfThere(chain, id));
  },
};

const invalidateblock: RpcMethod = {
  name: 'invalidateblock',
  category: 'Hidden',
  description:
    'Treats a block, and with it all that builds on it, as invalid from now on, over restarts too. reconsiderblock takes it back.',
  params: [{ ...BLOCK_HASH, description: 'Hash of the block to refuse' }],
  result: 'null',
  examples: ['"blockhash"'],
  run: async ({ chain }, args) => {
    const id = findHeader(chain, args.hash('blockhash'));
    try {
      await chain.invalidate(id);
    } catch (thrown) {
      if (!(thrown instanceof BlockOutOfReach)) throw thrown;
      throw new RpcError(RpcCode.DATABASE_ERROR, thrown.message);
    }
    return null;
  },
};

const reconsiderblock: RpcMethod = {
  name: 'reconsiderblock',
  category: 'Hidden',
  description:
    'Forgets that a block, what it builds on and what builds on it were found or declared invalid, and tries them again.',
  params: [{ ...BLOCK_HASH, description: 'Hash of the block to try again' }],
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
    'Prefers a block over all others with as much work, as if it had come in first.\nThe last call counts; a restart forgets it.',
  params: [{ ...BLOCK_HASH, description: 'Hash of the block to prefer' }],
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
