import { Topic } from '../cases.js';
import { COIN, LOCKTIME_THRESHOLD, SEQUENCE_FINAL } from '../constants.js';
import { medianTime } from '../generator.js';
import { type Lab, NOW, TRUNK_HEIGHT } from '../lab.js';
import { open, spend } from '../transactions.js';

const topic = new Topic('lock time');
export const lockTimeCases = topic.cases;

const HEIGHT = TRUNK_HEIGHT + 1;

function locked(lab: Lab, lockTime: number, ...sequences: readonly number[]) {
  const inputs = sequences.map((sequence, i) => ({ coin: lab.coin(i), sequence }));
  return spend(inputs, [open(COIN)], { lockTime });
}

topic.accepts('locked until the height of the block before', lab => lab.holding(locked(lab, HEIGHT - 1, 0)));
topic.rejects('locked until the height of its block', 'bad-txns-nonfinal', lab =>
  lab.holding(locked(lab, HEIGHT, 0)),
);
topic.rejects(
  'locked until its block by the largest sequence number that is not final',
  'bad-txns-nonfinal',
  lab => lab.holding(locked(lab, HEIGHT, SEQUENCE_FINAL - 1)),
);
topic.accepts('locked until its block with a final sequence number', lab =>
  lab.holding(locked(lab, HEIGHT, SEQUENCE_FINAL)),
);
topic.rejects('locked until its block with one final sequence number of two', 'bad-txns-nonfinal', lab =>
  lab.holding(locked(lab, HEIGHT, SEQUENCE_FINAL, SEQUENCE_FINAL - 1)),
);
topic.rejects('the second of two transactions locked', 'bad-txns-nonfinal', lab =>
  lab.holding(spend([lab.coin(5)], [open(COIN)]), locked(lab, HEIGHT, 0)),
);
topic.accepts('a lock time of zero', lab => lab.holding(locked(lab, 0, 0)));
topic.plays('what is locked until a block can be in the next', (lab, play) => {
  const tx = locked(lab, HEIGHT, 0);
  play.reject(lab.holding(tx), 'bad-txns-nonfinal');
  const empty = lab.block();
  play.accept(empty);
  play.accept(lab.on(empty, { transactions: [tx] }));
});

topic.rejects('the largest lock time that is a height', 'bad-txns-nonfinal', lab =>
  lab.holding(locked(lab, LOCKTIME_THRESHOLD - 1, 0)),
);
topic.accepts('the smallest lock time that is a time', lab =>
  lab.holding(locked(lab, LOCKTIME_THRESHOLD, 0)),
);
topic.rejects('the largest lock time', 'bad-txns-nonfinal', lab => lab.holding(locked(lab, 0xffffffff, 0)));

topic.accepts('BIP113: locked until the second before the median time', lab =>
  lab.holding(locked(lab, medianTime(lab.tip) - 1, 0)),
);
topic.rejects('BIP113: locked until the median time', 'bad-txns-nonfinal', lab =>
  lab.holding(locked(lab, medianTime(lab.tip), 0)),
);
topic.rejects('BIP113: locked until a time before that of its block', 'bad-txns-nonfinal', lab =>
  lab.block({ transactions: [locked(lab, medianTime(lab.tip) + 1, 0)], header: { time: NOW } }),
);
