import type { RegtestNode } from '../node.js';
import { RpcCallError } from '../rpc/caller.js';

/** Where a node has a transaction: in its chain, in its mempool, or not at all. */
export type TransactionPlace = 'chain' | 'mempool' | 'nowhere';

/** What has become of a transaction. */
export interface TransactionFate {
  readonly txid: string;
  /** As its owner's wallet has it. Negative: a transaction this many blocks deep in the chain conflicts with it. */
  readonly confirmations: number;
  readonly inChain: boolean;
  readonly inMempool: boolean;
}

/** RPC_INVALID_ADDRESS_OR_KEY: the wallet knows no such transaction. */
const UNKNOWN_TRANSACTION = -5;

/** Where the node has each of the transactions, in the blocks above `forkHeight` and in the mempool. */
export async function placesOf(
  node: RegtestNode,
  txids: readonly string[],
  forkHeight: number,
): Promise<readonly TransactionPlace[]> {
  const pool = new Set(await node.rpc.call('getrawmempool'));
  const chain = new Set<string>();
  const height = await node.rpc.call('getblockcount');
  for (let at = forkHeight + 1; at <= height; at++) {
    const { tx } = await node.rpc.call('getblock', await node.rpc.call('getblockhash', at));
    for (const txid of tx) chain.add(txid);
  }
  return txids.map(txid => {
    if (chain.has(txid)) return 'chain';
    return pool.has(txid) ? 'mempool' : 'nowhere';
  });
}

/** Confirmations of a transaction as the node's wallet has them; undefined when it has never seen it. */
export async function confirmationsOf(node: RegtestNode, txid: string): Promise<number | undefined> {
  try {
    return (await node.wallet().call('gettransaction', txid)).confirmations;
  } catch (thrown) {
    if (thrown instanceof RpcCallError && thrown.code === UNKNOWN_TRANSACTION) return undefined;
    throw thrown;
  }
}

/** What has become of a transaction, as the node has it; undefined when its wallet has never seen it. */
export async function fateOf(
  node: RegtestNode,
  txid: string,
  place: TransactionPlace,
): Promise<TransactionFate | undefined> {
  const confirmations = await confirmationsOf(node, txid);
  if (confirmations === undefined) return undefined;
  return { txid, confirmations, inChain: place === 'chain', inMempool: place === 'mempool' };
}
