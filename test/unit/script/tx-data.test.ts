import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { PrecomputedTxData } from '../../../src/script/tx-data.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Any number of inputs and outputs: more than the hashes of several messages at a time take, too. */
const transactions: fc.Arbitrary<Transaction> = fc
  .record({
    version: fc.integer(),
    lockTime: fc.nat(0xffffffff),
    inputs: fc.array(
      fc.record({
        prevout: fc.record({ txid: bytes(32), vout: fc.nat(0xffffffff) }),
        scriptSig: fc.uint8Array({ maxLength: 300 }),
        sequence: fc.nat(0xffffffff),
        witness: fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
    outputs: fc.array(
      fc.record({ value: fc.nat(2_000_000_000), script: fc.uint8Array({ maxLength: 400 }) }),
      { maxLength: 30 },
    ),
  })
  .map(parts => Transaction.from(parts));

/** The same transactions in one memory, as those of a batch are. */
function inOneMemory(list: readonly Transaction[]): Transaction[] {
  const memory = new Uint8Array(Buffer.concat(list.map(({ raw }) => raw)));
  let at = 0;
  return list.map(({ raw }) => {
    const start = at;
    at += raw.length;
    return Transaction.parse(memory.subarray(start, at));
  });
}

const hashesOf = (txdata: PrecomputedTxData) =>
  [txdata.hashPrevouts, txdata.hashSequence, txdata.hashOutputs].map(toHex);

describe('what signature hashes of a transaction share', () => {
  it('is the same when it is made for several together', () => {
    fc.assert(
      fc.property(fc.array(transactions, { maxLength: 20 }), fc.boolean(), (list, together) => {
        const found = together ? inOneMemory(list) : list;
        const all = found.map(tx => new PrecomputedTxData(tx));
        PrecomputedTxData.makeTogether(all);
        expect(all.map(hashesOf)).toEqual(list.map(tx => hashesOf(new PrecomputedTxData(tx))));
      }),
      { numRuns: 60 },
    );
  });
});
