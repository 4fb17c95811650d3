import { Topic } from '../cases.js';
import { COIN, HALVING_INTERVAL } from '../constants.js';
import { type BuiltBlock, lastOf } from '../generator.js';
import { coinbaseOf, type Lab, TRUNK_HEIGHT } from '../lab.js';
import { OPEN_SCRIPT, open, outputOf, payTo, spend, spendChain } from '../transactions.js';

const topic = new Topic('reorganisation');
export const reorganisationCases = topic.cases;

/** Blocks on the trunk that split and spend coins, each another. */
function busy(lab: Lab, count: number): BuiltBlock[] {
  const blocks: BuiltBlock[] = [];
  for (let i = 0; i < count; i++) {
    const split = payTo(lab.coin(i % 40), OPEN_SCRIPT, 3);
    const join = spend([outputOf(split, 0), outputOf(split, 1)], [open(1000 + i)]);
    const transactions = i < 40 ? [split, join] : [];
    blocks.push(lab.on(blocks.at(-1) ?? lab.tip, { transactions }));
  }
  return blocks;
}

function more(lab: Lab, blocks: readonly BuiltBlock[], count: number): BuiltBlock[] {
  return lab.chain(count, blocks.at(-1));
}

for (const depth of [1, 2, 10, 100, 300]) {
  topic.plays(`${depth} blocks, there and back`, (lab, play) => {
    const first = busy(lab, depth);
    play.switchTo(first);
    const second = busy(lab, depth + 1);
    play.switchTo(second);
    play.switchTo(more(lab, first, 2));
  });
}

topic.plays('of two blocks of the same height the first seen stays', (lab, play) => {
  play.accept(lab.block());
  play.side(lab.block());
  play.side(lab.block());
});
topic.plays('of two branches of the same height the first seen stays, until one is longer', (lab, play) => {
  const [ours, theirs] = [lab.chain(3), lab.chain(3)];
  play.switchTo(ours);
  play.stay(theirs);
  play.switchTo(more(lab, theirs, 1));
});
topic.plays('three branches by turns', (lab, play) => {
  const [a, b, c] = [lab.chain(1), lab.chain(2), lab.chain(3)];
  for (const branch of [a, b, c]) play.switchTo(branch);
  play.switchTo(more(lab, a, 3));
  play.switchTo(more(lab, b, 3));
});
topic.plays('a branch of a branch', (lab, play) => {
  const trunk = lab.chain(4);
  play.switchTo(trunk);
  const side = lab.chain(3, trunk[1]);
  play.switchTo(side);
  const twig = lab.chain(4, side[0]);
  play.switchTo(twig);
  play.switchTo(more(lab, trunk, 4));
});

topic.plays('a transaction on both branches', (lab, play) => {
  const tx = payTo(lab.coin(), OPEN_SCRIPT);
  play.accept(lab.holding(tx));
  const other = lab.block();
  play.side(other);
  const second = lab.on(other, { transactions: [tx] });
  play.accept(second);
  play.accept(lab.on(second, { transactions: [spend([outputOf(tx)], [open(5)])] }));
});
topic.plays('transactions that spend the same coin on two branches', (lab, play) => {
  const ours = lab.holding(payTo(lab.coin(), OPEN_SCRIPT));
  play.accept(ours);
  const theirs = spend([lab.coin()], [open(COIN - 1)]);
  const other = lab.holding(theirs);
  play.side(other);
  const second = lab.on(other, { transactions: [spend([outputOf(theirs)], [open(9)])] });
  play.accept(second);
  play.switchTo(lab.chain(2, ours));
});
topic.plays('a coin spent on one branch is there on the other', (lab, play) => {
  play.accept(lab.holding(spend([lab.coin()], [open(COIN)])));
  const other = lab.block();
  play.side(other);
  play.accept(lab.on(other, { transactions: [spend([lab.coin()], [open(COIN - 3)])] }));
});
topic.plays('what was made and spent in one block is taken back', (lab, play) => {
  const chain = spendChain(lab.coin(), 20);
  play.accept(lab.holding(...chain));
  const other = lab.chain(2);
  play.switchTo(other);
  play.accept(lab.on(lastOf(other), { transactions: chain }));
});
topic.plays('outputs that nobody can spend are taken back', (lab, play) => {
  const burnt = spend([lab.coin()], [{ value: 1, script: Uint8Array.of(0x6a, 0x51) }, open(2)]);
  play.accept(lab.holding(burnt));
  play.switchTo(lab.chain(2));
});

topic.plays('across a halving', (lab, play) => {
  const before = lab.upTo(HALVING_INTERVAL - 3);
  play.switchTo(before);
  const top = lastOf(before);
  const ours = lab.chain(5, top);
  play.switchTo(ours);
  const theirs = lab.chain(6, top);
  play.switchTo(theirs);
  play.switchTo(lab.chain(2, ours.at(-1)));
});
topic.plays('a branch that takes the reward of before the halving', (lab, play) => {
  const before = lab.upTo(HALVING_INTERVAL - 2);
  play.switchTo(before);
  const top = lastOf(before);
  const ours = lab.chain(2, top);
  play.switchTo(ours);
  const last = lab.on(top);
  const greedy = lab.on(last, { coinbase: { reward: 50 * COIN } });
  play.failTo([last, greedy, lab.on(greedy)], greedy, 'bad-cb-amount');
});

/** A branch on the trunk whose block number `at` takes too much. */
function flawed(lab: Lab, length: number, at: number): BuiltBlock[] {
  const blocks: BuiltBlock[] = [];
  for (let i = 0; i < length; i++) {
    const coinbase = i === at ? { reward: 51 * COIN } : {};
    blocks.push(lab.on(blocks.at(-1) ?? lab.tip, { coinbase }));
  }
  return blocks;
}

/** Blocks of the branch that is there, those of the one that comes, which of them is bad, and how many are taken. */
const badBranches: readonly (readonly [string, ours: number, theirs: number, at: number, taken: number])[] = [
  ['a longer branch whose first block is bad leaves the tip where it is', 2, 3, 0, 0],
  ['a longer branch whose middle block is bad leaves the tip where it is', 3, 5, 2, 0],
  ['a longer branch whose last block is bad leaves the tip where it is', 3, 4, 3, 0],
  ['a longer branch that is bad late enough is followed up to there', 2, 6, 4, 4],
  ['a bad branch on the tip is followed up to where it is bad', 0, 5, 3, 3],
  ['a deep branch with a bad last block', 30, 31, 30, 0],
];
for (const [name, ours, theirs, at, taken] of badBranches) {
  topic.plays(name, (lab, play) => {
    if (ours > 0) play.switchTo(busy(lab, ours));
    const bad = flawed(lab, theirs, at);
    play.failTo(bad, bad[at], 'bad-cb-amount', bad[taken - 1]);
  });
}
topic.plays('after a bad branch the next good one is taken', (lab, play) => {
  play.switchTo(busy(lab, 2));
  const bad = flawed(lab, 3, 1);
  play.failTo(bad, bad[1], 'bad-cb-amount');
  play.switchTo(busy(lab, 3));
});
topic.plays('a good branch from a bad one, from below the bad block', (lab, play) => {
  play.switchTo(busy(lab, 2));
  const bad = flawed(lab, 4, 2);
  play.failTo(bad, bad[2], 'bad-cb-amount');
  play.switchTo(lab.chain(2, bad[1]));
});
topic.plays('a coinbase that was mature on the branch left', (lab, play) => {
  const ours = lab.upTo(TRUNK_HEIGHT + 101);
  play.switchTo(ours);
  const last = lastOf(ours);
  play.accept(lab.on(last, { transactions: [spend([coinbaseOf(ours[0])], [open(COIN)])] }));
  const theirs = lab.upTo(TRUNK_HEIGHT + 102);
  const thief = lab.on(lastOf(theirs), {
    transactions: [spend([coinbaseOf(ours[0])], [open(COIN)])],
  });
  play.failTo([...theirs, thief], thief, 'bad-txns-inputs-missingorspent');
});
