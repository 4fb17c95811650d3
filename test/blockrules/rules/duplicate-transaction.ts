import type { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { type Scenario, Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { type Lab, SPLIT_COINBASE_HEIGHT, TRUNK } from '../lab.js';
import { LATE_RULES } from '../late-rules.js';
import { open, outputOf, spend } from '../transactions.js';

/** Before BIP34 a coinbase may come twice, which BIP30 forbids while an output of the first is unspent. */
const topic = new Topic('BIP30', LATE_RULES);
export const duplicateTransactionCases = topic.cases;

/** The trunk's coinbase of that height. */
function coinbaseAt(height: number): Transaction {
  return defined(TRUNK.blocks[height - 1]?.transactions[0], 'coinbase');
}

const mature = coinbaseAt(3);
const split = coinbaseAt(SPLIT_COINBASE_HEIGHT);

topic.rejects('a coinbase that is there and unspent', 'bad-txns-BIP30', lab =>
  lab.block({ coinbase: mature }),
);
topic.rejects('a coinbase that is there and immature', 'bad-txns-BIP30', lab =>
  lab.block({ coinbase: coinbaseAt(100) }),
);
topic.plays('a coinbase of the block before', (lab, play) => {
  const first = lab.block({ coinbase: { scriptSig: Uint8Array.of(0x51, 0x51) } });
  play.accept(first);
  play.reject(lab.on(first, { coinbase: defined(first.transactions[0], 'coinbase') }), 'bad-txns-BIP30');
});

/** Spends outputs of the trunk's coinbase in a block of its own. */
function spent(lab: Lab, play: Scenario, coinbase: Transaction, ...outputs: readonly number[]) {
  const block = lab.holding(
    spend(
      outputs.map(vout => outputOf(coinbase, vout)),
      [open(COIN)],
    ),
  );
  play.accept(block);
  return block;
}

topic.plays('a coinbase that is spent may come again', (lab, play) => {
  const parent = spent(lab, play, mature, 0);
  const second = lab.on(parent, { coinbase: mature });
  play.accept(second);
  // It is young again, and there again.
  const tx = spend([outputOf(mature)], [open(2 * COIN)]);
  play.reject(lab.on(second, { transactions: [tx] }), 'bad-txns-premature-spend-of-coinbase');
  play.reject(lab.on(second, { coinbase: mature }), 'bad-txns-BIP30');
});
topic.plays('a coinbase of which one output is unspent', (lab, play) => {
  const parent = spent(lab, play, split, 0);
  play.reject(lab.on(parent, { coinbase: split }), 'bad-txns-BIP30');
});
topic.plays('a coinbase of which both outputs are spent', (lab, play) => {
  const parent = spent(lab, play, split, 0, 1);
  play.accept(lab.on(parent, { coinbase: split }));
});
topic.plays('a block that spends a coinbase and makes it again', (lab, play) => {
  play.reject(
    lab.block({ coinbase: mature, transactions: [spend([outputOf(mature)], [open(COIN)])] }),
    'bad-txns-BIP30',
  );
});
topic.plays('a coinbase that came again is taken back, and the first is there again', (lab, play) => {
  const parent = spent(lab, play, mature, 0);
  play.accept(lab.on(parent, { coinbase: mature }));
  play.switchTo(lab.chain(3));
  play.switchTo(lab.chain(3, parent));
});
topic.plays('a coinbase that is on another branch only', (lab, play) => {
  const first = lab.block({ coinbase: { scriptSig: Uint8Array.of(0x51, 0x52) } });
  play.accept(first);
  const other = lab.block({
    coinbase: defined(first.transactions[0], 'coinbase'),
    header: { time: first.header.time + 1 },
  });
  play.side(other);
  play.accept(lab.on(other));
  const twice = lab.on(first, { coinbase: defined(first.transactions[0], 'coinbase') });
  play.failTo([twice, lab.on(twice)], twice, 'bad-txns-BIP30');
});
