import type { Chain } from '../../chain/chain.js';
import { difficultyAdjustmentInterval } from '../../consensus/pow.js';
import { RpcCode, RpcError } from '../errors.js';
import type { RpcMethod } from '../method.js';
import { difficulty } from '../views/block.js';
import { warningsView } from './blockchain.js';

const DEFAULT_HASH_RATE_BLOCKS = 120;

/**
 * Hashes per second that the network did on average over the blocks before `height`, by their work and times.
 *
 * @param blocks how many blocks to look at; -1 for those since the difficulty changed
 * @param atHeight -1 for the tip
 * @throws RpcError for other numbers
 */
function networkHashRate(chain: Chain, blocks: number, atHeight: number): number {
  if (blocks < -1 || blocks === 0) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid nblocks. Must be a positive number or -1.');
  }
  if (atHeight < -1 || atHeight > chain.height) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'Block does not exist at specified height');
  }
  const { headers } = chain;
  const height = atHeight < 0 ? chain.height : atHeight;
  if (height === 0) return 0;
  const interval = difficultyAdjustmentInterval(chain.params.consensus);
  const count = Math.min(blocks === -1 ? (height % interval) + 1 : blocks, height);
  const last = chain.at(height);
  let first = last;
  let earliest = headers.time(last);
  let latest = earliest;
  for (let i = 0; i < count; i++) {
    first = headers.prev(first);
    earliest = Math.min(earliest, headers.time(first));
    latest = Math.max(latest, headers.time(first));
  }
  if (earliest === latest) return 0;
  return Number(headers.chainWork(last) - headers.chainWork(first)) / (latest - earliest);
}

const getnetworkhashps: RpcMethod = {
  name: 'getnetworkhashps',
  category: 'Mining',
  description:
    'Returns the estimated network hashes per second based on the last n blocks.\nPass in [blocks] to override # of blocks, -1 specifies since last difficulty change.\nPass in [height] to estimate the network speed at the time when a certain block was found.',
  params: [
    {
      name: 'nblocks',
      type: 'number',
      default: DEFAULT_HASH_RATE_BLOCKS,
      description:
        'The number of previous blocks to calculate estimate from, or -1 for blocks since last difficulty change.',
    },
    {
      name: 'height',
      type: 'number',
      default: -1,
      description: 'To estimate at the time of the given height.',
    },
  ],
  result: 'n    (numeric) Hashes per second estimated',
  examples: [''],
  run: ({ chain }, args) =>
    networkHashRate(
      chain,
      args.optionalInt('nblocks') ?? DEFAULT_HASH_RATE_BLOCKS,
      args.optionalInt('height') ?? -1,
    ),
};

const getmininginfo: RpcMethod = {
  name: 'getmininginfo',
  category: 'Mining',
  description: 'Returns a json object containing mining-related information.',
  params: [],
  result:
    '{ "blocks", "currentblockweight", "currentblocktx", "difficulty", "networkhashps", "pooledtx", "chain", "warnings" }',
  examples: [''],
  run: context => {
    const { chain, mempool, miner } = context;
    return {
      blocks: chain.height,
      currentblockweight: miner.lastAssembled?.weight,
      currentblocktx: miner.lastAssembled?.transactions,
      difficulty: difficulty(chain.headers.bits(chain.tip)),
      networkhashps: networkHashRate(chain, DEFAULT_HASH_RATE_BLOCKS, -1),
      pooledtx: mempool.size,
      chain: chain.params.name,
      warnings: warningsView(context),
    };
  },
};

/** What miners want to know of the chain. */
export const miningMethods: readonly RpcMethod[] = [getnetworkhashps, getmininginfo];
