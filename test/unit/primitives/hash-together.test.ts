import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256d } from '../../../src/crypto/hash.js';
import { Block } from '../../../src/primitives/block.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import * as arbitrary from '../../support/arbitraries.js';
import { input, output, transaction } from '../../support/transactions.js';

const manyTransactions = fc.array(arbitrary.tx, { minLength: 1, maxLength: 40 });
const header = new BlockHeader(new Uint8Array(80));

/** The same transactions with nothing known about them, in the memory of one block. */
function blockOf(transactions: readonly Transaction[]): Block {
  return Block.parse(Block.from(header, transactions).raw);
}

function expectIds(transactions: readonly Transaction[]): void {
  expect(transactions.map(tx => toHex(tx.txid))).toEqual(
    transactions.map(tx => toHex(sha256d(tx.baseBytes()))),
  );
  expect(transactions.map(tx => toHex(tx.wtxid))).toEqual(transactions.map(tx => toHex(sha256d(tx.raw))));
}

describe('hashes that are made together', () => {
  it('are the ids of the transactions of a block', () => {
    fc.assert(
      fc.property(manyTransactions, fc.boolean(), (transactions, wtxidsFirst) => {
        const block = blockOf(transactions);
        if (wtxidsFirst) Transaction.makeWtxids(block.transactions);
        expect(block.txids.map(toHex)).toEqual(block.transactions.map(tx => toHex(sha256d(tx.baseBytes()))));
        Transaction.makeWtxids(block.transactions);
        expectIds(block.transactions);
      }),
    );
  });

  it('are the ids of transactions in several memories, some of which have theirs', () => {
    fc.assert(
      fc.property(manyTransactions, manyTransactions, fc.nat(80), (some, others, place) => {
        const mixed: Transaction[] = [...blockOf(some).transactions];
        mixed.splice(place, 0, ...others, ...blockOf(others).transactions);
        for (const tx of mixed.slice(0, place)) toHex(tx.txid);
        Transaction.makeTxids(mixed);
        Transaction.makeWtxids(mixed);
        expectIds(mixed);
      }),
    );
  });

  it('are those of transactions that are long, in what is hashed or left out', () => {
    const long = Array.from({ length: 40 }, (_, i) =>
      transaction({
        inputs: [input({ witness: i % 2 === 0 ? [] : [randomBytes(i * 1000)] })],
        outputs: [output(1, randomBytes(i % 3 === 0 ? 9000 : 30))],
      }),
    );
    const { transactions } = blockOf(long);
    Transaction.makeTxids(transactions);
    Transaction.makeWtxids(transactions);
    expectIds(transactions);
  });

  it('are those of headers', () => {
    const raw = randomBytes(81 * 200);
    const headers = Array.from({ length: 200 }, (_, i) => new BlockHeader(raw.subarray(81 * i, 81 * i + 80)));
    BlockHeader.makeHashes(headers);
    expect(headers.map(({ hash }) => toHex(hash))).toEqual(headers.map(one => toHex(sha256d(one.raw))));
    BlockHeader.makeHashes([]);
  });
});
