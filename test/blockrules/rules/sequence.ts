import { Topic } from '../cases.js';
import { COIN, SEQUENCE_DISABLE, SEQUENCE_TIME, SEQUENCE_UNIT } from '../constants.js';
import { type BuiltBlock, lastOf, medianTime } from '../generator.js';
import { type Lab, TRUNK_HEIGHT } from '../lab.js';
import { open, outputOf, payTo, spend, type TxOptions } from '../transactions.js';
import { CONNECT_NONFINAL } from '../verdicts.js';

const topic = new Topic('BIP68');
export const sequenceCases = topic.cases;

const OPEN = Uint8Array.of(0x51);

function relock(lab: Lab, sequence: number, options?: TxOptions) {
  return spend([{ coin: lab.coin(), sequence }], [open(COIN)], options);
}

// Coins of the trunk are in its last block: one block is between that and one on the next height.
topic.accepts('by height: a coin of the block before, locked for one block', lab =>
  lab.holding(relock(lab, 1)),
);
topic.rejects('by height: a coin of the block before, locked for two blocks', CONNECT_NONFINAL, lab =>
  lab.holding(relock(lab, 2)),
);
topic.plays('by height: locked for ten blocks', (lab, play) => {
  const tx = relock(lab, 10);
  const blocks = lab.upTo(TRUNK_HEIGHT + 8);
  const last = lastOf(blocks);
  play.switchTo(blocks);
  play.reject(lab.on(last, { transactions: [tx] }), CONNECT_NONFINAL);
  const ninth = lab.on(last);
  play.accept(ninth);
  play.accept(lab.on(ninth, { transactions: [tx] }));
});
topic.accepts('by height: a coin of the same block, locked for no block', lab => {
  const first = payTo(lab.coin(), OPEN);
  return lab.holding(first, spend([{ coin: outputOf(first), sequence: 0 }], [open(COIN)]));
});
topic.rejects('by height: a coin of the same block, locked for one block', CONNECT_NONFINAL, lab => {
  const first = payTo(lab.coin(), OPEN);
  return lab.holding(first, spend([{ coin: outputOf(first), sequence: 1 }], [open(COIN)]));
});
topic.rejects('by height: the longest lock', CONNECT_NONFINAL, lab => lab.holding(relock(lab, 0xffff)));
topic.accepts('by height: bits that mean nothing', lab => lab.holding(relock(lab, 0x3fbf0001)));

/**
 * A coin in a block on the trunk, and blocks on top whose last one has a median time just so many seconds after that
 * before the coin's block, from where such locks run.
 */
function passed(lab: Lab, seconds: number) {
  const tx = payTo(lab.coin(), OPEN);
  const start = medianTime(lab.tip);
  const blocks: BuiltBlock[] = [lab.holding(tx)];
  const top = () => lastOf(blocks);
  // Eleven blocks of which the sixth has the time wanted: those before it may be as early as they like.
  const early = medianTime(top()) + 1;
  for (let i = 0; i < 11; i++) {
    const time = i < 5 ? early + i : start + seconds + (i - 5) * 10;
    blocks.push(lab.on(top(), { header: { time } }));
  }
  return { blocks, top: top(), coin: outputOf(tx) };
}

for (const units of [3, 7]) {
  const seconds = units * SEQUENCE_UNIT;
  const sequence = SEQUENCE_TIME | units;
  topic.plays(`by time: ${units} units of 512 seconds, when the median time is there`, (lab, play) => {
    const { blocks, top, coin } = passed(lab, seconds);
    play.switchTo(blocks);
    play.accept(lab.on(top, { transactions: [spend([{ coin, sequence }], [open(COIN)])] }));
  });
  topic.plays(`by time: ${units} units of 512 seconds, a second before`, (lab, play) => {
    const { blocks, top, coin } = passed(lab, seconds - 1);
    play.switchTo(blocks);
    play.reject(lab.on(top, { transactions: [spend([{ coin, sequence }], [open(COIN)])] }), CONNECT_NONFINAL);
  });
}
topic.accepts('by time: no unit, in the same block', lab => {
  const first = payTo(lab.coin(), OPEN);
  return lab.holding(first, spend([{ coin: outputOf(first), sequence: SEQUENCE_TIME }], [open(COIN)]));
});
topic.rejects('by time: one unit, in the same block', CONNECT_NONFINAL, lab => {
  const first = payTo(lab.coin(), OPEN);
  return lab.holding(first, spend([{ coin: outputOf(first), sequence: SEQUENCE_TIME | 1 }], [open(COIN)]));
});

for (const [what, version] of [
  ['version 1', 1],
  ['version 0', 0],
] as const) {
  topic.accepts(`${what} knows no such locks`, lab => lab.holding(relock(lab, 0xffff, { version })));
}
for (const version of [2, 3, -1]) {
  topic.rejects(`version ${version} does`, CONNECT_NONFINAL, lab => lab.holding(relock(lab, 2, { version })));
}
topic.accepts('the bit that switches it off', lab =>
  lab.holding(relock(lab, (SEQUENCE_DISABLE | 0xffff) >>> 0)),
);
topic.rejects('the longer of two locks counts', CONNECT_NONFINAL, lab => {
  const inputs = [
    { coin: lab.coin(0), sequence: 1 },
    { coin: lab.coin(1), sequence: 2 },
  ];
  return lab.holding(spend(inputs, [open(COIN)]));
});
topic.rejects('a lock by time beside one by height that is over', CONNECT_NONFINAL, lab => {
  const inputs = [
    { coin: lab.coin(0), sequence: 1 },
    { coin: lab.coin(1), sequence: SEQUENCE_TIME | 0xff },
  ];
  return lab.holding(spend(inputs, [open(COIN)]));
});
topic.accepts('locks of two kinds that are over', lab => {
  const inputs = [
    { coin: lab.coin(0), sequence: 1 },
    { coin: lab.coin(1), sequence: SEQUENCE_TIME },
  ];
  return lab.holding(spend(inputs, [open(COIN)]));
});
