import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData, pushNumber } from '../../../src/script/build.js';
import { Topic } from '../cases.js';
import { LOCKTIME_THRESHOLD, SEQUENCE_DISABLE, SEQUENCE_FINAL, SEQUENCE_TIME } from '../constants.js';
import { lastOf, medianTime } from '../generator.js';
import { type Lab, TRUNK_HEIGHT } from '../lab.js';
import { badScript, EVAL_FALSE, type Reason } from '../verdicts.js';

const topic = new Topic('CLTV and CSV');
export const lockOpcodeCases = topic.cases;

const CLTV = 0xb1;
const CSV = 0xb2;
const HEIGHT = TRUNK_HEIGHT + 1;
const UNSATISFIED = badScript('Locktime requirement not satisfied');
const NEGATIVE = badScript('Negative locktime');
/** Numbers that are too long have no error of their own. */
const TOO_LONG = badScript('unknown error');
const STACK = badScript('Operation not valid with the current stack size');

/** `<wanted> opcode`, which leaves the number. */
function asks(opcode: number, wanted: Uint8Array): Uint8Array {
  return concatBytes(wanted, Uint8Array.of(opcode));
}

const cltv = (lab: Lab, wanted: Uint8Array, lockTime: number, sequence = 0) =>
  lab.holding(...lab.locked(asks(CLTV, wanted), {}, { lockTime, sequence }));

topic.accepts('CLTV: the height asked for', lab => cltv(lab, pushNumber(HEIGHT - 1), HEIGHT - 1));
topic.accepts('CLTV: a lower height', lab => cltv(lab, pushNumber(1), HEIGHT - 1));
topic.accepts('CLTV: a height of 17 pushed in three bytes', lab =>
  cltv(lab, pushData(Uint8Array.of(17, 0, 0)), 20),
);
topic.rejects('CLTV: a height too low', UNSATISFIED, lab => cltv(lab, pushNumber(HEIGHT - 1), HEIGHT - 2));
topic.rejects('CLTV: a final sequence number', UNSATISFIED, lab =>
  cltv(lab, pushNumber(HEIGHT - 1), HEIGHT - 1, SEQUENCE_FINAL),
);
topic.rejects('CLTV: a time where a height is asked for', UNSATISFIED, lab =>
  cltv(lab, pushNumber(HEIGHT - 1), LOCKTIME_THRESHOLD),
);
topic.rejects('CLTV: a height where a time is asked for', UNSATISFIED, lab =>
  cltv(lab, pushNumber(LOCKTIME_THRESHOLD), HEIGHT - 1),
);
topic.accepts('CLTV: the time asked for', lab => {
  const time = medianTime(lab.tip) - 1;
  return cltv(lab, pushNumber(time), time);
});
topic.rejects('CLTV: a second too early', UNSATISFIED, lab => {
  const time = medianTime(lab.tip) - 1;
  return cltv(lab, pushNumber(time), time - 1);
});
topic.rejects('CLTV: five bytes, the largest lock time', UNSATISFIED, lab =>
  cltv(lab, pushNumber(0xffffffff), LOCKTIME_THRESHOLD),
);
topic.rejects('CLTV: six bytes', TOO_LONG, lab => cltv(lab, pushData(new Uint8Array(6)), 1));
topic.rejects('CLTV: a negative number', NEGATIVE, lab => cltv(lab, pushNumber(-1), 1));
topic.rejects('CLTV: nothing on the stack', STACK, lab => cltv(lab, new Uint8Array(0), 1));
topic.rejects('CLTV: leaves its number, which is zero', EVAL_FALSE, lab => cltv(lab, pushNumber(0), 1));

/** The lock in one block, and a spend that BIP68 lets in `blocks` later. */
function csvCase(
  name: string,
  wanted: Uint8Array,
  sequence: number,
  why: Reason | undefined,
  { version = 2, blocks = 1 } = {},
): void {
  topic.plays(`CSV: ${name}`, (lab, play) => {
    const [lock, free] = lab.locked(asks(CSV, wanted), {}, { sequence, version });
    const chain = [lab.holding(lock)];
    chain.push(...lab.chain(blocks - 1, chain[0]));
    play.switchTo(chain);
    const spending = lab.on(lastOf(chain), { transactions: [free] });
    if (why === undefined) play.accept(spending);
    else play.reject(spending, why);
  });
}

csvCase('the number of blocks asked for', pushNumber(3), 3, undefined, { blocks: 3 });
csvCase('more blocks than asked for', pushNumber(2), 3, undefined, { blocks: 3 });
csvCase('too few blocks', pushNumber(3), 2, UNSATISFIED, { blocks: 3 });
csvCase('units of time where blocks are asked for', pushNumber(1), SEQUENCE_TIME, UNSATISFIED);
csvCase('blocks where units of time are asked for', pushNumber(SEQUENCE_TIME), 1, UNSATISFIED);
csvCase('the units of time asked for', pushNumber(SEQUENCE_TIME), SEQUENCE_TIME, undefined);
csvCase('a sequence number that is switched off', pushNumber(1), SEQUENCE_DISABLE + 1, UNSATISFIED);
csvCase('a number that is switched off', pushNumber(SEQUENCE_DISABLE), SEQUENCE_FINAL, undefined);
csvCase('version 1', pushNumber(1), 1, UNSATISFIED, { version: 1 });
csvCase('bits that mean nothing', pushNumber(0x3fbf0001), 1, undefined);
csvCase('a negative number', pushNumber(-1), 1, NEGATIVE);
csvCase('six bytes', pushData(new Uint8Array(6)), 1, TOO_LONG);
csvCase('nothing on the stack', new Uint8Array(0), 1, STACK);
