import type { RegtestNetwork } from '../regtest/network.js';
import type { RegtestNode } from '../regtest/node.js';
import { waitFor } from '../regtest/wait.js';

/** All of a network that a snapshot has to bring back, as text to compare. */
export async function stateOf(network: RegtestNetwork): Promise<string> {
  return JSON.stringify(await Promise.all(network.nodes.map(nodeState)), undefined, 1);
}

async function nodeState({ rpc, isRunning, name }: RegtestNode): Promise<unknown> {
  if (!isRunning) return { name, isRunning };
  const coins = await rpc.call('gettxoutsetinfo', 'muhash');
  const mempool = await rpc.call('getrawmempool', true);
  const wallets = await rpc.call('listwallets');
  return {
    name,
    tip: await rpc.call('getbestblockhash'),
    tips: await rpc.call('getchaintips'),
    coins: coins.muhash,
    mempool: Object.entries(mempool)
      .map(([txid, { time, vsize, fees }]) => [txid, time, vsize, fees.base, fees.modified])
      .sort(),
    wallets: await Promise.all(
      wallets.map(async wallet => [
        wallet,
        await rpc.wallet(wallet).call('getbalances'),
        await rpc.wallet(wallet).call('listunspent', 0),
      ]),
    ),
    peers: (await rpc.call('getpeerinfo')).map(({ subver }) => subver).sort(),
  };
}

/** Waits until nodes that are joined, in these groups, have the same tip and the same mempool. */
export async function settle(groups: readonly (readonly RegtestNode[])[]): Promise<void> {
  await waitFor(
    async () => {
      const same = await Promise.all(groups.map(agree));
      return same.every(Boolean);
    },
    { what: 'nodes that are joined to agree' },
  );
}

async function agree(nodes: readonly RegtestNode[]): Promise<boolean> {
  const seen = await Promise.all(
    nodes.map(async ({ rpc }) => {
      const mempool = await rpc.call('getrawmempool');
      return JSON.stringify([await rpc.call('getbestblockhash'), [...mempool].sort()]);
    }),
  );
  return new Set(seen).size <= 1;
}
