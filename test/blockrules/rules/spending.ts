import { Topic } from '../cases.js';
import { COIN, GENESIS_COINBASE_TXID, INITIAL_SUBSIDY, MAX_SCRIPT_SIZE } from '../constants.js';
import { lastOf } from '../generator.js';
import { coinbaseOf, type Lab } from '../lab.js';
import { OPEN_SCRIPT, open, outputOf, payTo, type Spendable, spend } from '../transactions.js';

const topic = new Topic('spending');
export const spendingCases = topic.cases;

const MISSING = 'bad-txns-inputs-missingorspent';

const spendOf = (coin: Spendable, value = COIN) => spend([coin], [open(value)]);

function unknown(lab: Lab, change: Partial<Spendable['outpoint']>): Spendable {
  const coin = lab.coin();
  return { ...coin, outpoint: { ...coin.outpoint, ...change } };
}

topic.rejects('an output of an unknown transaction', MISSING, lab =>
  lab.holding(spendOf(unknown(lab, { txid: new Uint8Array(32).fill(9) }))),
);
topic.rejects('an index that a known transaction does not have', MISSING, lab =>
  lab.holding(spendOf(unknown(lab, { vout: 5000 }))),
);
topic.rejects('the reward of the first block of all', MISSING, lab => {
  const txid = Buffer.from(GENESIS_COINBASE_TXID, 'hex');
  return lab.holding(spendOf({ ...open(INITIAL_SUBSIDY), outpoint: { txid, vout: 0 } }));
});
topic.rejects('an unknown output beside a good one', MISSING, lab =>
  lab.holding(spend([lab.coin(), unknown(lab, { vout: 5000 })], [open(COIN)])),
);

topic.rejects('one output by two transactions of a block', MISSING, lab =>
  lab.holding(spendOf(lab.coin()), spendOf(lab.coin(), COIN - 1)),
);
topic.plays('one output by transactions of two blocks', (lab, play) => {
  const first = lab.holding(spendOf(lab.coin()));
  play.accept(first);
  play.reject(lab.on(first, { transactions: [spendOf(lab.coin(), COIN - 1)] }), MISSING);
});
topic.plays('a transaction in two blocks', (lab, play) => {
  const tx = spendOf(lab.coin());
  const first = lab.holding(tx);
  play.accept(first);
  // Its output is there, and that is looked at first.
  play.reject(lab.on(first, { transactions: [tx] }), 'bad-txns-BIP30');
});
topic.plays('a transaction in two blocks, its output spent', (lab, play) => {
  const tx = spendOf(lab.coin());
  const first = lab.holding(tx, spendOf(outputOf(tx)));
  play.accept(first);
  play.reject(lab.on(first, { transactions: [tx] }), MISSING);
});
topic.plays('an output that was spent a hundred blocks ago', (lab, play) => {
  const first = lab.holding(spendOf(lab.coin()));
  const blocks = [first, ...lab.upTo(first.height + 100, first)];
  play.switchTo(blocks);
  play.reject(lab.on(lastOf(blocks), { transactions: [spendOf(lab.coin(), 1)] }), MISSING);
});

topic.accepts('an output of an earlier transaction of the block', lab => {
  const first = payTo(lab.coin(), OPEN_SCRIPT);
  return lab.holding(first, spendOf(outputOf(first)));
});
topic.rejects('an output of a later transaction of the block', MISSING, lab => {
  const first = payTo(lab.coin(), OPEN_SCRIPT);
  return lab.holding(spendOf(outputOf(first)), first);
});
topic.rejects('an output of the block by two later transactions', MISSING, lab => {
  const first = payTo(lab.coin(), OPEN_SCRIPT);
  return lab.holding(first, spendOf(outputOf(first)), spendOf(outputOf(first), 7));
});
topic.accepts('the outputs of one transaction by many of the block', lab => {
  const split = payTo(lab.coin(), OPEN_SCRIPT, 20);
  return lab.holding(
    split,
    ...split.outputs.map((output, vout) => spendOf(outputOf(split, vout), output.value)),
  );
});
topic.accepts('outputs of two transactions of the block joined', lab => {
  const [a, b] = [payTo(lab.coin(0), OPEN_SCRIPT), payTo(lab.coin(1), OPEN_SCRIPT)];
  return lab.holding(a, b, spend([outputOf(a), outputOf(b)], [open(2 * COIN)]));
});

topic.rejects('an output behind OP_RETURN', MISSING, lab => {
  const first = payTo(lab.coin(), Uint8Array.of(0x6a));
  return lab.holding(first, spendOf(outputOf(first)));
});
topic.rejects('an output whose script is longer than any that can run', MISSING, lab => {
  const script = new Uint8Array(MAX_SCRIPT_SIZE + 1).fill(0x61);
  const first = payTo(lab.coin(), script);
  return lab.holding(first, spendOf(outputOf(first)));
});
topic.plays('an output behind OP_RETURN, a block later', (lab, play) => {
  const first = payTo(lab.coin(), Uint8Array.of(0x6a, 0x51));
  const block = lab.holding(first);
  play.accept(block);
  play.reject(lab.on(block, { transactions: [spendOf(outputOf(first))] }), MISSING);
});

topic.plays('an output of another branch', (lab, play) => {
  const first = payTo(lab.coin(), OPEN_SCRIPT);
  play.accept(lab.holding(first));
  const other = lab.block();
  play.side(other);
  const wrong = lab.on(other, { transactions: [spendOf(outputOf(first))] });
  play.failTo([wrong], wrong, MISSING);
});
topic.plays('a coinbase of another branch', (lab, play) => {
  const ours = lab.block();
  play.accept(ours);
  const other = lab.block();
  play.side(other);
  const wrong = lab.on(other, { transactions: [spendOf(coinbaseOf(ours))] });
  play.failTo([wrong], wrong, MISSING);
});
topic.plays('the same output on two branches', (lab, play) => {
  play.accept(lab.holding(spendOf(lab.coin(), 11)));
  const other = lab.holding(spendOf(lab.coin(), 12));
  play.side(other);
  play.accept(lab.on(other));
});
