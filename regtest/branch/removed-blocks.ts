import { COIN } from '../../src/primitives/amount.js';
import { Block } from '../../src/primitives/block.js';
import { fromHex, type HashKey, hashKey, hashToHex } from '../../src/primitives/bytes.js';
import type { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import type { RpcCaller } from '../rpc/caller.js';

/** A node's blocks from one height to another, oldest first. */
export async function readBlocks(rpc: RpcCaller, from: number, to: number): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (let height = from; height <= to; height++) {
    const hex = await rpc.call('getblock', await rpc.call('getblockhash', height), 0);
    blocks.push(Block.parse(defined(fromHex(hex), `bytes of block ${height}`)));
  }
  return blocks;
}

/** A block's transactions without the coinbase. */
export function paymentsOf(block: Block): readonly Transaction[] {
  return block.transactions.slice(1);
}

/** Ids in hex of transactions that go for good with these blocks: they spend their coinbases, at first or second hand. */
export function doomedWith(blocks: readonly Block[]): ReadonlySet<string> {
  const gone = new Set<HashKey>();
  const doomed = new Set<string>();
  for (const { transactions } of blocks) {
    for (const tx of transactions) {
      if (!tx.isCoinbase && !tx.inputs.some(({ prevout }) => gone.has(hashKey(prevout.txid)))) continue;
      gone.add(tx.txidKey);
      if (!tx.isCoinbase) doomed.add(hashToHex(tx.txid));
    }
  }
  return doomed;
}

/** What each transaction of a node's block pays, in satoshis by txid in hex. */
export async function feesOf(rpc: RpcCaller, block: Block): Promise<ReadonlyMap<string, number>> {
  if (paymentsOf(block).length === 0) return new Map();
  const { tx } = await rpc.call('getblock', hashToHex(block.hash), 2);
  return new Map(tx.map(({ txid, fee = 0 }) => [txid, Math.round(fee * COIN)]));
}
