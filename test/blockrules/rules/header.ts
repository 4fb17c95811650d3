import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Topic } from '../cases.js';
import { DIFFICULTY_PERIOD, MAX_FUTURE_TIME, MAX_TIMEWARP } from '../constants.js';
import { medianTime } from '../generator.js';
import { type Lab, NOW } from '../lab.js';
import { badVersion } from '../verdicts.js';

const topic = new Topic('header');
export const headerCases = topic.cases;

topic.accepts('an empty block on the tip becomes the tip', lab => lab.block());

topic.rejects('a hash above the target', 'high-hash', lab => lab.block({ header: { work: false } }));
topic.rejects('an easier target than the chain asks for', 'bad-diffbits', lab =>
  lab.block({ header: { bits: 0x207ffffe } }),
);
topic.rejects('a harder target than the chain asks for', 'bad-diffbits', lab =>
  lab.block({ header: { bits: 0x1f7fffff } }),
);
topic.rejects('a negative target', 'high-hash', lab => lab.block({ header: { bits: 0x20ffffff } }));
topic.rejects('a target of zero', 'high-hash', lab => lab.block({ header: { bits: 0x20000000 } }));
topic.rejects('a target of more than 256 bits', 'high-hash', lab =>
  lab.block({ header: { bits: 0x22ffff00 } }),
);
topic.rejects('a target above the limit of the network', 'high-hash', lab =>
  lab.block({ header: { bits: 0x2100ffff } }),
);

for (const [version, shown] of [
  [-0x80000000, '80000000'],
  [-1, 'ffffffff'],
  [0, '00000000'],
  [1, '00000001'],
  [2, '00000002'],
  [3, '00000003'],
] as const) {
  topic.rejects(`version ${version}, out of use since BIP34, BIP66 and BIP65`, badVersion(shown), lab =>
    lab.block({ header: { version } }),
  );
}
for (const version of [4, 0x20000000, 0x3fffffff, 0x7fffffff]) {
  topic.accepts(`version ${version}`, lab => lab.block({ header: { version } }));
}

topic.rejects('a time equal to the median of the last eleven', 'time-too-old', lab =>
  lab.block({ header: { time: medianTime(lab.tip) } }),
);
topic.accepts('a time one second after the median of the last eleven, before that of its parent', lab =>
  lab.block({ header: { time: medianTime(lab.tip) + 1 } }),
);
topic.accepts('a time two hours ahead of the clock', lab =>
  lab.block({ header: { time: NOW + MAX_FUTURE_TIME } }),
);
topic.plays('a time more than two hours ahead is refused until the clock gets there', (lab, play) => {
  const block = lab.block({ header: { time: NOW + MAX_FUTURE_TIME + 1 } });
  play.reject(block, 'time-too-new');
  play.clock(NOW + 1);
  play.accept(block);
});

/** Blocks up to `height`, the last of them with a time far from the median; and what follows it in time. */
function beforeLeap(lab: Lab, height: number) {
  const blocks = lab.upTo(height - 1);
  const last = lab.on(blocks.at(-1) ?? lab.tip, { header: { time: NOW + MAX_FUTURE_TIME } });
  return { blocks: [...blocks, last], last };
}

topic.plays('BIP94: the first block of a difficulty period, 600 seconds before its parent', (lab, play) => {
  const { blocks, last } = beforeLeap(lab, DIFFICULTY_PERIOD - 1);
  play.switchTo(blocks);
  play.accept(lab.on(last, { header: { time: last.header.time - MAX_TIMEWARP } }));
});
topic.plays('BIP94: the first block of a difficulty period, 601 seconds before its parent', (lab, play) => {
  const { blocks, last } = beforeLeap(lab, DIFFICULTY_PERIOD - 1);
  play.switchTo(blocks);
  play.reject(
    lab.on(last, { header: { time: last.header.time - MAX_TIMEWARP - 1 } }),
    'time-timewarp-attack',
  );
});
for (const [what, height] of [
  ['last block of a difficulty period', DIFFICULTY_PERIOD - 1],
  ['second block of a difficulty period', DIFFICULTY_PERIOD + 1],
] as const) {
  topic.plays(`BIP94: the ${what} may go back further`, (lab, play) => {
    const { blocks, last } = beforeLeap(lab, height - 1);
    play.switchTo(blocks);
    play.accept(lab.on(last, { header: { time: last.header.time - MAX_TIMEWARP - 1 } }));
  });
}

topic.plays('a block whose predecessor is not known is taken when that has come', (lab, play) => {
  const first = lab.block();
  const second = lab.on(first);
  play.orphan(second);
  play.accept(first);
  play.accept(second);
});
topic.plays('a block that comes again changes nothing', (lab, play) => {
  const block = lab.block();
  play.accept(block);
  play.again(block);
});
topic.plays('a block below the tip that comes again changes nothing', (lab, play) => {
  play.again(lab.tip);
  play.accept(lab.block());
  play.again(lab.tip);
});
topic.plays('a block that names no predecessor, as genesis does', (lab, play) => {
  play.orphan(lab.block({ header: { prevHash: ZERO_HASH } }));
});
