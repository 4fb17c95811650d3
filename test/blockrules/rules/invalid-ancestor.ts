import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { heightScript } from '../generator.js';
import { type Lab, NOW } from '../lab.js';

const topic = new Topic('invalid ancestors');
export const invalidAncestorCases = topic.cases;

const greedy = (lab: Lab) => lab.block({ coinbase: { reward: 51 * COIN } });
const misnumbered = (lab: Lab) => lab.block({ coinbase: { scriptSig: heightScript(7000) } });
// Of a time of its own, as there is no coinbase that makes it differ from others.
const empty = (lab: Lab) => lab.block({ arrange: () => [], header: { time: NOW } });

topic.plays('a block on one that failed among the coins', (lab, play) => {
  const bad = greedy(lab);
  play.reject(bad, 'bad-cb-amount');
  play.reject(lab.on(bad), 'bad-prevblk');
});
topic.plays('a block on one that was refused when it was to be stored', (lab, play) => {
  const bad = misnumbered(lab);
  play.reject(bad, 'bad-cb-height');
  play.reject(lab.on(bad), 'bad-prevblk');
});
topic.plays('a block on one whose header was refused', (lab, play) => {
  const bad = lab.block({ header: { version: 1 } });
  play.reject(bad, { code: 'bad-version(0x00000001)', stage: 'header', category: 'invalid-header' });
  play.orphan(lab.on(bad));
});
topic.plays('a block that failed among the coins comes again', (lab, play) => {
  const bad = greedy(lab);
  play.reject(bad, 'bad-cb-amount');
  play.reject(bad, 'duplicate');
  play.accept(lab.block());
});
topic.plays('a block that was wrong by itself comes again', (lab, play) => {
  const bad = empty(lab);
  play.reject(bad, 'bad-blk-length');
  play.reject(bad, 'bad-blk-length');
  play.accept(lab.block());
});
topic.plays('a block with the data of another comes again', (lab, play) => {
  const bad = lab.block({ header: { merkleRoot: new Uint8Array(32).fill(1) } });
  play.reject(bad, 'bad-txnmrklroot');
  play.reject(bad, 'bad-txnmrklroot');
  play.accept(lab.block());
});
topic.plays('a block on one that failed on a branch', (lab, play) => {
  play.accept(lab.block());
  const bad = greedy(lab);
  // Of the same work as the tip, so its coins are not looked at yet.
  play.side(bad);
  const second = lab.on(bad);
  play.failTo([second], bad, 'bad-cb-amount');
  play.reject(lab.on(second), 'bad-prevblk');
  play.reject(lab.on(bad), 'bad-prevblk');
});
topic.plays('grandchildren of a bad block', (lab, play) => {
  const bad = greedy(lab);
  const family = [bad, ...lab.chain(3, bad)];
  play.failTo(family, bad, 'bad-cb-amount');
  play.accept(lab.block());
});
