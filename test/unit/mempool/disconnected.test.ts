import { describe, expect, it } from 'vitest';
import { DisconnectedTransactions } from '../../../src/mempool/disconnected.js';
import { queueUsage, transactionUsage } from '../../../src/mempool/memory-usage.js';
import { defined } from '../../../src/runtime/errors.js';
import { spend } from '../../support/mempool-fixture.js';

const txs = Array.from({ length: 6 }, (_, i) =>
  spend([{ txid: new Uint8Array(32).fill(i + 1), vout: 0, value: 10_000 }]),
);
const [a, b, c, d] = txs;

describe('transactions of disconnected blocks', () => {
  it('come back in the order of their confirmation', () => {
    const queue = new DisconnectedTransactions();
    queue.addBlock(txs.slice(3));
    queue.addBlock(txs.slice(0, 3));
    expect(queue.take()).toEqual(txs);
    expect(queue.size).toBe(0);
  });

  it('are forgotten when a new block has them', () => {
    const queue = new DisconnectedTransactions();
    queue.addBlock(txs);
    queue.removeForBlock([defined(a, 'a'), defined(d, 'd')]);
    expect(queue.take()).toEqual([b, c, ...txs.slice(4)]);
  });

  it('beyond the bound are given up, latest first', () => {
    const each = transactionUsage(defined(a, 'a'));
    const queue = new DisconnectedTransactions(4 * each + queueUsage(4));
    expect(queue.addBlock(txs.slice(2))).toEqual([]);
    expect(queue.addBlock(txs.slice(0, 2))).toEqual([txs[5], txs[4]]);
    expect(queue.take()).toEqual([a, b, c, d]);
  });
});
