import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { Topic } from '../cases.js';
import { COIN, MAX_MONEY, NULL_INDEX } from '../constants.js';
import type { Lab } from '../lab.js';
import { open, outputOf, payTo, type Spendable, spend } from '../transactions.js';

const topic = new Topic('transaction');
export const transactionCases = topic.cases;

topic.rejects('neither inputs nor outputs', 'bad-txns-vin-empty', lab => lab.holding(spend([], [])));
topic.rejects('no outputs', 'bad-txns-vout-empty', lab => lab.holding(spend([lab.coin()], [])));

/** Pays `values`, whether the coin has them or not. */
const paying = (lab: Lab, ...values: readonly number[]) => lab.holding(spend([lab.coin()], values.map(open)));

/** The same with one value of any 64 bits. */
function payingBits(lab: Lab, bits: bigint) {
  const { raw } = spend([lab.coin()], [open(0)]);
  const bytes = Buffer.from(raw);
  // Before it: version, one input without script, count of outputs.
  bytes.writeBigUInt64LE(bits, 4 + 1 + 41 + 1);
  return lab.holding(Transaction.parse(bytes));
}

topic.rejects('an output of -1 satoshi', 'bad-txns-vout-negative', lab => paying(lab, -1));
topic.rejects('an output of -1 satoshi beside a good one', 'bad-txns-vout-negative', lab =>
  paying(lab, COIN, -1),
);
topic.rejects('the least number of 64 bits', 'bad-txns-vout-negative', lab => payingBits(lab, 1n << 63n));
topic.rejects('an output of 21 million coins and a satoshi', 'bad-txns-vout-toolarge', lab =>
  paying(lab, MAX_MONEY + 1),
);
topic.rejects('the largest number of 64 bits', 'bad-txns-vout-toolarge', lab =>
  payingBits(lab, (1n << 63n) - 1n),
);
topic.rejects('outputs of 21 million coins and a satoshi together', 'bad-txns-txouttotal-toolarge', lab =>
  paying(lab, MAX_MONEY, 1),
);
// CVE-2010-5139: the sum of 64 bits is small again.
topic.rejects('many outputs of 21 million coins', 'bad-txns-txouttotal-toolarge', lab =>
  paying(lab, ...Array.from({ length: 9000 }, () => MAX_MONEY)),
);
topic.rejects('an output of 21 million coins, which the input does not have', 'bad-txns-in-belowout', lab =>
  paying(lab, MAX_MONEY),
);
topic.rejects('coinbase with an output of -1 satoshi', 'bad-txns-vout-negative', lab =>
  lab.block({ coinbase: { reward: -1 } }),
);
topic.accepts('an output of nothing', lab => paying(lab, 0));

// CVE-2018-17144.
topic.rejects('the same output spent by two inputs', 'bad-txns-inputs-duplicate', lab =>
  lab.holding(spend([lab.coin(), lab.coin()], [open(COIN)])),
);
topic.rejects('the same output spent by inputs far apart', 'bad-txns-inputs-duplicate', lab =>
  lab.holding(spend([lab.coin(), lab.coin(1), lab.coin(2), lab.coin()], [open(COIN)])),
);
topic.rejects('an output of the same block spent by two inputs', 'bad-txns-inputs-duplicate', lab => {
  const first = payTo(lab.coin(), Uint8Array.of(0x51));
  return lab.holding(first, spend([outputOf(first), outputOf(first)], [open(COIN)]));
});

const nothing: Spendable = { ...open(0), outpoint: { txid: ZERO_HASH, vout: NULL_INDEX } };
topic.rejects('a null input beside another', 'bad-txns-prevout-null', lab =>
  lab.holding(spend([lab.coin(), nothing], [open(COIN)])),
);
topic.rejects('a null input in front of another', 'bad-txns-prevout-null', lab =>
  lab.holding(spend([nothing, lab.coin()], [open(COIN)])),
);
topic.rejects('a zero id with an index', 'bad-txns-inputs-missingorspent', lab =>
  lab.holding(spend([{ ...nothing, outpoint: { txid: ZERO_HASH, vout: 0 } }], [open(0)])),
);

for (const version of [-0x80000000, -1, 0, 1, 3, 0x7fffffff]) {
  topic.accepts(`version ${version}`, lab => lab.holding(spend([lab.coin()], [open(COIN)], { version })));
}
topic.accepts('a thousand inputs', lab => {
  const split = payTo(lab.coin(), Uint8Array.of(0x51), 1000);
  return lab.holding(
    split,
    spend(
      split.outputs.map((_, vout) => outputOf(split, vout)),
      [open(1)],
    ),
  );
});
