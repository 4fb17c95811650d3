import { MAX_REORG_DEPTH } from '../../branch/reorg.js';
import type { RegtestNode } from '../../node.js';
import type { Command } from '../command.js';
import { CommandStopped } from '../errors.js';
import { letOthersFollow } from '../found-block.js';
import { readPlan } from '../mining-plan.js';
import { addressOf, nodeCalled, optionalNode, runningNode } from '../names.js';
import { needed } from '../param-reader.js';

/** Blocks of one call: some seconds of work. */
export const MAX_BLOCKS = 10_000;

/** Blocks between two looks at whether the caller still waits; events come this often. */
const BLOCKS_AT_ONCE = 25;

export const mine: Command<'mine'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const node = optionalNode(network, params, 'node') ?? nodeCalled(network, 0);
    const blocks = params.integer('blocks', 1, MAX_BLOCKS) ?? 1;
    const given = params.raw('address');
    const address = given === undefined ? node.key.address : addressOf(network, params, 'address');
    return async signal => {
      const hashes = await mineBlocks(runningNode(node), blocks, address, signal);
      await letOthersFollow(network, node);
      return { hashes };
    };
  },
};

async function mineBlocks(
  node: RegtestNode,
  blocks: number,
  address: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const hashes: string[] = [];
  while (hashes.length < blocks) {
    if (signal.aborted) throw new CommandStopped(`mining was given up after ${hashes.length} blocks`);
    hashes.push(...(await node.mine(Math.min(BLOCKS_AT_ONCE, blocks - hashes.length), address)));
  }
  return hashes;
}

export const mining: Command<'mining'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const plan = readPlan(needed(params.object('plan'), 'plan'), network.nodes.length);
    return async () => {
      await network.mining.set(plan);
      return { plan };
    };
  },
};

export const reorg: Command<'reorg'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const depth = needed(params.integer('depth', 1, MAX_REORG_DEPTH), 'depth');
    const node = optionalNode(network, params, 'node');
    const keepTransactions = params.flag('keepTransactions') ?? false;
    return () =>
      network.reorg({ depth, node: node === undefined ? undefined : runningNode(node), keepTransactions });
  },
};
