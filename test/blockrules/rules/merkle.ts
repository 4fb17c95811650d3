import type { Transaction } from '../../../src/primitives/transaction.js';
import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { type BuiltBlock, withTransactions } from '../generator.js';
import type { Lab } from '../lab.js';
import { open, outputOf, type Spendable, spend } from '../transactions.js';

const topic = new Topic('merkle root');
export const merkleCases = topic.cases;

/** The header of a good block over transactions that are not its own. */
function disguise(
  honest: BuiltBlock,
  change: (list: readonly Transaction[]) => readonly Transaction[],
): BuiltBlock {
  return withTransactions(honest.parent ?? honest, honest.header, change(honest.transactions));
}

function withSpends(lab: Lab, count: number): BuiltBlock {
  return lab.holding(...Array.from({ length: count }, (_, i) => spend([lab.coin(i)], [open(COIN)])));
}

topic.rejects('a root that is not that of the transactions', 'bad-txnmrklroot', lab =>
  lab.block({ header: { merkleRoot: new Uint8Array(32).fill(7) } }),
);

const disguises: readonly (readonly [
  string,
  'bad-txnmrklroot' | 'bad-txns-duplicate',
  number,
  (list: readonly Transaction[]) => readonly Transaction[],
])[] = [
  ['a transaction left out', 'bad-txnmrklroot', 2, list => list.slice(0, -1)],
  [
    'two transactions changed round',
    'bad-txnmrklroot',
    2,
    list => [...list.slice(0, 1), ...list.slice(1).reverse()],
  ],
  ['a transaction too many', 'bad-txnmrklroot', 1, list => [...list, ...list.slice(-1)]],
  ['no transaction', 'bad-txnmrklroot', 1, () => []],
  // CVE-2012-2459: at the end of a level of odd length a hash is paired with itself, so the root is the same.
  ['the last transaction twice', 'bad-txns-duplicate', 2, list => [...list, ...list.slice(-1)]],
  ['the last two transactions twice', 'bad-txns-duplicate', 5, list => [...list, ...list.slice(-2)]],
  ['the last four transactions twice', 'bad-txns-duplicate', 11, list => [...list, ...list.slice(-4)]],
];
for (const [what, code, spends, change] of disguises) {
  topic.plays(`a good block disguised by ${what} is not held against the good one`, (lab, play) => {
    const honest = withSpends(lab, spends);
    play.reject(disguise(honest, change), code);
    play.accept(honest);
  });
}

topic.rejects('the coinbase twice and nothing else', 'bad-txns-duplicate', lab =>
  lab.block({ arrange: list => [...list, ...list] }),
);
topic.rejects('a transaction twice, not in a pair of the tree', 'bad-txns-inputs-missingorspent', lab => {
  const twice = spend([lab.coin(0)], [open(COIN)]);
  return lab.holding(twice, spend([lab.coin(1)], [open(COIN)]), twice);
});

/** 64 bytes, the size of two hashes: one input, one output of four bytes. */
function sixtyFourBytes(coin: Spendable): Transaction {
  return spend([coin], [{ value: coin.value, script: Uint8Array.of(0x51, 0x51, 0x51, 0x51) }]);
}
topic.accepts('a transaction of 64 bytes, which could be taken for a node of the tree', lab =>
  lab.holding(sixtyFourBytes(lab.coin())),
);
topic.plays('a transaction of 64 bytes and one that spends it', (lab, play) => {
  const first = sixtyFourBytes(lab.coin());
  play.accept(lab.holding(first, spend([outputOf(first)], [open(COIN)])));
});
