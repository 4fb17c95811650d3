import { Topic } from '../cases.js';
import { COIN, HALVING_INTERVAL } from '../constants.js';
import { lastOf, subsidyAt } from '../generator.js';
import { type Lab, TRUNK_HEIGHT } from '../lab.js';
import { open, outputOf, spend } from '../transactions.js';

/**
 * Sums of fees and of inputs out of range (`bad-txns-accumulated-fee-outofrange`, `bad-txns-fee-outofrange`,
 * `bad-txns-inputvalues-outofrange`) would take more coins than can ever be made: no block can break these rules.
 */
const topic = new Topic('value');
export const valueCases = topic.cases;

const HEIGHT = TRUNK_HEIGHT + 1;
const SUBSIDY = subsidyAt(HEIGHT);

topic.accepts('outputs as large as inputs', lab => lab.holding(spend([lab.coin()], [open(COIN)])));
topic.rejects('outputs a satoshi larger than inputs', 'bad-txns-in-belowout', lab =>
  lab.holding(spend([lab.coin()], [open(COIN + 1)])),
);
topic.rejects('outputs together larger than inputs together', 'bad-txns-in-belowout', lab =>
  lab.holding(spend([lab.coin(0), lab.coin(1)], [open(COIN), open(COIN), open(1)])),
);
topic.rejects('fees of one transaction do not pay for another', 'bad-txns-in-belowout', lab =>
  lab.holding(spend([lab.coin(0)], [open(0)]), spend([lab.coin(1)], [open(COIN + 1)])),
);
topic.rejects('outputs larger than the output of the same block', 'bad-txns-in-belowout', lab => {
  const first = spend([lab.coin()], [open(COIN - 5)]);
  return lab.holding(first, spend([outputOf(first)], [open(COIN)]));
});

const fees = (lab: Lab) => [
  spend([lab.coin(0)], [open(COIN - 700)]),
  spend([lab.coin(1)], [open(COIN - 40)]),
];

topic.accepts('coinbase of the subsidy and all fees', lab =>
  lab.block({ transactions: fees(lab), coinbase: { reward: SUBSIDY + 740 } }),
);
topic.rejects('coinbase of a satoshi more than subsidy and fees', 'bad-cb-amount', lab =>
  lab.block({ transactions: fees(lab), coinbase: { reward: SUBSIDY + 741 } }),
);
topic.accepts('coinbase of the subsidy', lab => lab.block({ coinbase: { reward: SUBSIDY } }));
topic.rejects('coinbase of a satoshi more than the subsidy', 'bad-cb-amount', lab =>
  lab.block({ coinbase: { reward: SUBSIDY + 1 } }),
);
topic.rejects('outputs of the coinbase count together', 'bad-cb-amount', lab =>
  lab.block({ coinbase: { outputs: [open(SUBSIDY), open(1)] } }),
);
topic.accepts('coinbase of nothing', lab => lab.block({ coinbase: { reward: 0 } }));
topic.accepts('coinbase whose reward nobody can spend', lab =>
  lab.block({ coinbase: { outputs: [{ value: SUBSIDY, script: Uint8Array.of(0x6a) }] } }),
);
topic.accepts('fees of transactions that spend each other', lab => {
  const first = spend([lab.coin()], [open(COIN - 10)]);
  const second = spend([outputOf(first)], [open(COIN - 30)]);
  return lab.block({ transactions: [first, second], coinbase: { reward: SUBSIDY + 30 } });
});
topic.accepts('a whole coin of fee', lab =>
  lab.block({ transactions: [spend([lab.coin()], [open(0)])], coinbase: { reward: SUBSIDY + COIN } }),
);

for (const [halvings, before, after] of [
  [1, 50, 25],
  [2, 25, 12.5],
] as const) {
  const height = halvings * HALVING_INTERVAL;
  topic.plays(
    `halving ${halvings}: block ${height - 1} makes ${before} coins, block ${height} makes ${after}`,
    (lab, play) => {
      const blocks = lab.upTo(height - 2);
      const top = lastOf(blocks);
      play.switchTo(blocks);
      play.reject(lab.on(top, { coinbase: { reward: before * COIN + 1 } }), 'bad-cb-amount');
      const last = lab.on(top, { coinbase: { reward: before * COIN } });
      play.accept(last);
      play.reject(lab.on(last, { coinbase: { reward: before * COIN } }), 'bad-cb-amount');
      play.reject(lab.on(last, { coinbase: { reward: after * COIN + 1 } }), 'bad-cb-amount');
      play.accept(lab.on(last, { coinbase: { reward: after * COIN } }));
    },
  );
}
