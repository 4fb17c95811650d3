import { pushData } from '../../../src/script/build.js';
import { Topic } from '../cases.js';
import { COIN, MAX_BASE_SIZE, MAX_BLOCK_WEIGHT } from '../constants.js';
import { type Lab, weightOf } from '../lab.js';
import { open, outputOf, payTo, spend, spendChain } from '../transactions.js';

/**
 * Other limits on size cannot be the first to break: a transaction over its limit (`bad-txns-oversize`), or a million of
 * them, make the block too long before.
 */
const topic = new Topic('size');
export const sizeCases = topic.cases;

/** A witness program of a version that has no rules: any witness spends it. */
const FREE_PROGRAM = Uint8Array.of(0x52, 2, 0x42, 0x42);

/** A block with one witness item of `size` bytes. */
function withWitness(lab: Lab, size: number) {
  const lock = payTo(lab.coin(), FREE_PROGRAM);
  const unlock = { witness: [new Uint8Array(size)] };
  return lab.holding(lock, spend([{ coin: outputOf(lock), unlock }], [open(COIN)]));
}

/** The same, of just that weight. */
function weighing(lab: Lab, weight: number) {
  // Of a size whose length takes as many bytes as in the end.
  const guess = MAX_BLOCK_WEIGHT / 2;
  return withWitness(lab, guess + weight - weightOf(withWitness(lab, guess)));
}

topic.accepts('1,000,000 bytes without witness', lab => lab.filled(MAX_BASE_SIZE));
topic.rejects('1,000,001 bytes without witness', 'bad-blk-length', lab => lab.filled(MAX_BASE_SIZE + 1));
topic.accepts('4,000,000 weight units, nearly all of them witness', lab => weighing(lab, MAX_BLOCK_WEIGHT));
topic.rejects('4,000,001 weight units', 'bad-blk-weight', lab => weighing(lab, MAX_BLOCK_WEIGHT + 1));
topic.rejects('1,000,000 bytes without witness, and a witness', 'bad-blk-weight', lab => {
  const { transactions } = withWitness(lab, 1);
  return lab.filled(MAX_BASE_SIZE, transactions.slice(1));
});
topic.plays('a witness of 4,000,000 weight units that is not committed to is not weighed', (lab, play) => {
  const { transactions } = weighing(lab, MAX_BLOCK_WEIGHT + 1000);
  const block = lab.block({ transactions: transactions.slice(1), coinbase: { commitments: () => [] } });
  play.reject(block, 'unexpected-witness');
});
topic.accepts('a transaction of 900,000 bytes', lab => {
  const padding = { value: 0, script: pushData(new Uint8Array(900_000)) };
  return lab.holding(spend([lab.coin()], [open(COIN), padding]));
});
topic.accepts('5,000 outputs in a transaction', lab =>
  lab.holding(payTo(lab.coin(), Uint8Array.of(0x51), 5000)),
);
topic.accepts('1,000 transactions, each spending the one before', lab =>
  lab.holding(...spendChain(lab.coin(), 1000)),
);
