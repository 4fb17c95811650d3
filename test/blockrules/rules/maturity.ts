import { defined } from '../../../src/runtime/errors.js';
import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { lastOf } from '../generator.js';
import { coinbaseOf, type Lab, SPLIT_COINBASE_HEIGHT, TRUNK, TRUNK_HEIGHT } from '../lab.js';
import { open, outputOf, spend } from '../transactions.js';

const topic = new Topic('maturity');
export const maturityCases = topic.cases;

const PREMATURE = 'bad-txns-premature-spend-of-coinbase';

topic.accepts('a coinbase of a hundred blocks before', lab =>
  lab.holding(spend([lab.matureCoinbase()], [open(COIN)])),
);
topic.rejects('a coinbase of ninety-nine blocks before', PREMATURE, lab =>
  lab.holding(spend([lab.matureCoinbase(1)], [open(COIN)])),
);
topic.rejects('a coinbase of the block before', PREMATURE, lab =>
  lab.holding(spend([coinbaseOf(lab.tip)], [open(COIN)])),
);
topic.rejects('an immature coinbase as second input', PREMATURE, lab =>
  lab.holding(spend([lab.coin(), lab.matureCoinbase(1)], [open(COIN)])),
);
topic.rejects('an immature coinbase in the second transaction', PREMATURE, lab =>
  lab.holding(spend([lab.coin()], [open(COIN)]), spend([lab.matureCoinbase(1)], [open(COIN)])),
);
topic.accepts('the second output of a mature coinbase', lab => {
  const { transactions } = defined(TRUNK.blocks[SPLIT_COINBASE_HEIGHT - 1], 'block');
  return lab.holding(spend([outputOf(defined(transactions[0], 'coinbase'), 1)], [open(COIN)]));
});
topic.plays('the coinbase of its own block', (lab, play) => {
  // Its id must be known before the block is built.
  const coinbase = defined(lab.block().transactions[0], 'coinbase');
  play.reject(lab.block({ coinbase, transactions: [spend([outputOf(coinbase)], [open(COIN)])] }), PREMATURE);
});
topic.plays('a coinbase of the case matures with the hundredth block', (lab, play) => {
  const first = lab.block();
  const blocks = [first, ...lab.upTo(TRUNK_HEIGHT + 100, first)];
  const last = lastOf(blocks);
  const tx = spend([coinbaseOf(first)], [open(COIN)]);
  play.switchTo(blocks);
  play.reject(lab.on(last, { transactions: [spend([coinbaseOf(blocks[1])], [open(COIN)])] }), PREMATURE);
  play.accept(lab.on(last, { transactions: [tx] }));
});
topic.plays('after a reorganisation coinbases of that height are as young as before', (lab, play) => {
  const early = spendAt(lab, 0);
  play.accept(early);
  const other = lab.block({ transactions: [spend([lab.matureCoinbase(1)], [open(COIN)])] });
  play.side(other);
  play.failTo([lab.on(other)], other, PREMATURE);
});

function spendAt(lab: Lab, younger: number) {
  return lab.holding(spend([lab.matureCoinbase(younger)], [open(COIN)]));
}
