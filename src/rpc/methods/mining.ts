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
  description: "Estimates the whole network's hash rate from the work and the times of a run of blocks.",
  params: [
    {
      name: 'nblocks',
      type: 'number',
      default: DEFAULT_HASH_RATE_BLOCKS,
      description: 'Length of the run in blocks; -1 for all since the difficulty last changed',
    },
    {
      name: 'height',
      type: 'number',
      default: -1,
      description: "Height of the run's last block; -1 for the tip",
    },
  ],
  result: 'n    (numeric) hashes per second',
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
  description:
    "Tells the state that matters to miners: tip, difficulty, the network's hash rate, the last template.",
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
