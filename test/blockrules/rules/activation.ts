import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData, pushNumber } from '../../../src/script/build.js';
import { multisig, p2pk, p2wpkh } from '../../../src/script/templates.js';
import { testPublicKeys } from '../../support/script-keys.js';
import { type Scenario, Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { type BlockPlan, type BuiltBlock, heightScript, lastOf } from '../generator.js';
import { type Lab, NOW } from '../lab.js';
import { type Fork, LATE_HEIGHTS, LATE_RULES } from '../late-rules.js';
import { KEY, scriptHashLock, scriptPath, signLegacy, TAPROOT_KEY_SCRIPT, witnessKeyLock } from '../locks.js';
import { open, outputOf, payTo, spend, type Unlock } from '../transactions.js';
import {
  type BlockCode,
  badScript,
  badVersion,
  CONNECT_NONFINAL,
  EVAL_FALSE,
  type Reason,
} from '../verdicts.js';

/** Rules before and from the height on where they come into force. */
const topic = new Topic('activation', LATE_RULES);
export const activationCases = topic.cases;

/**
 * A block that a fork forbids, in the last place before the fork, where it is good, and in the first after it.
 *
 * @param plan the block
 */
function crossing(name: string, fork: Fork, why: BlockCode | Reason, plan: (lab: Lab) => BlockPlan): void {
  const first = LATE_HEIGHTS[fork];
  topic.plays(`${name}: good in block ${first - 1}`, (lab, play) => {
    const parent = grown(lab, play, first - 2);
    play.accept(lab.on(parent, plan(lab)));
  });
  topic.plays(`${name}: refused in block ${first}`, (lab, play) => {
    const parent = grown(lab, play, first - 1);
    play.reject(lab.on(parent, plan(lab)), why);
    play.accept(lab.on(parent));
  });
}

/** Lets the chain grow to `height` with empty blocks; the last of them. */
function grown(lab: Lab, play: Scenario, height: number): BuiltBlock {
  const blocks = lab.upTo(height);
  if (blocks.length > 0) play.switchTo(blocks);
  return blocks.at(-1) ?? lab.tip;
}

/** A block in which an output of `script` is locked and spent. */
const locking =
  (script: Uint8Array, unlock: Unlock = {}) =>
  (lab: Lab): BlockPlan => ({ transactions: lab.locked(script, unlock) });

crossing('BIP34, a coinbase without its height', 'bip34', 'bad-cb-height', () => ({
  coinbase: { scriptSig: Uint8Array.of(0x51, 0x51) },
}));
crossing('BIP34, version 1', 'bip34', badVersion('00000001'), () => ({ header: { version: 1 } }));
crossing('BIP66, version 2', 'dersig', badVersion('00000002'), () => ({ header: { version: 2 } }));
crossing('BIP65, version 3', 'cltv', badVersion('00000003'), () => ({ header: { version: 3 } }));

const TO_KEY = p2pk(KEY.publicKey);
crossing(
  'BIP66, a signature with a byte too many',
  'dersig',
  badScript('Non-canonical DER signature'),
  locking(TO_KEY, place => {
    const signature = signLegacy(place, TO_KEY);
    return { scriptSig: pushData(concatBytes(signature.subarray(0, -1), Uint8Array.of(0, 1))) };
  }),
);
crossing(
  'BIP65, CHECKLOCKTIMEVERIFY of a height that is not there',
  'cltv',
  badScript('Locktime requirement not satisfied'),
  locking(concatBytes(pushNumber(5000), Uint8Array.of(0xb1))),
);
crossing(
  'BIP112, CHECKSEQUENCEVERIFY of blocks that have not passed',
  'csv',
  badScript('Locktime requirement not satisfied'),
  locking(concatBytes(pushNumber(50), Uint8Array.of(0xb2))),
);
crossing('BIP68, a coin of the same block locked for a block', 'csv', CONNECT_NONFINAL, lab => {
  const first = payTo(lab.coin(), Uint8Array.of(0x51));
  return { transactions: [first, spend([{ coin: outputOf(first), sequence: 1 }], [open(COIN)])] };
});
crossing('BIP113, locked until just before the time of the block', 'csv', 'bad-txns-nonfinal', lab => {
  const time = NOW + 7000;
  const inputs = [{ coin: lab.coin(), sequence: 0 }];
  return { transactions: [spend(inputs, [open(COIN)], { lockTime: time - 1 })], header: { time } };
});
topic.plays('before BIP113 a lock time is held against the time of the block', (lab, play) => {
  const parent = grown(lab, play, LATE_HEIGHTS.csv - 2);
  const header = { time: NOW + 7000 };
  const inputs = [{ coin: lab.coin(), sequence: 0 }];
  const tx = spend(inputs, [open(COIN)], { lockTime: header.time });
  play.reject(lab.on(parent, { transactions: [tx], header }), 'bad-txns-nonfinal');
});
crossing(
  'BIP147, a dummy of one',
  'segwit',
  badScript('Dummy CHECKMULTISIG argument must be zero'),
  locking(multisig(0, testPublicKeys(1, 2)), { scriptSig: Uint8Array.of(0x51) }),
);
crossing('BIP141, a commitment and no reserved value', 'segwit', 'bad-witness-nonce-size', () => ({
  coinbase: { commitments: right => [right], witness: [] },
}));

topic.plays(
  `BIP141, a witness: refused in block ${LATE_HEIGHTS.segwit - 1}, good in the next`,
  (lab, play) => {
    const parent = grown(lab, play, LATE_HEIGHTS.segwit - 2);
    const { script, unlock } = witnessKeyLock();
    const transactions = lab.locked(script, unlock);
    play.reject(lab.on(parent, { transactions }), 'unexpected-witness');
    const last = lab.on(parent);
    play.accept(last);
    play.accept(lab.on(last, { transactions }));
  },
);

// These are held against every block there is, since all of the past keeps them.
topic.rejects('before all forks: a redeem script is run', EVAL_FALSE, lab => {
  const { script, unlock } = scriptHashLock(Uint8Array.of(0));
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects(
  'before all forks: a witness program asks for a witness',
  badScript('Witness program hash mismatch'),
  lab => lab.holding(...lab.locked(p2wpkh(new Uint8Array(20).fill(1)))),
);
topic.rejects(
  'before all forks, and where taproot never comes into force: it asks for a witness',
  badScript('Witness program was passed an empty witness'),
  lab => lab.holding(...lab.locked(TAPROOT_KEY_SCRIPT)),
);
topic.plays('where taproot never comes into force: a script path is checked', (lab, play) => {
  const parent = grown(lab, play, LATE_HEIGHTS.segwit);
  const path = scriptPath(Uint8Array.of(0));
  const transactions = lab.locked(path.output, { witness: [path.script, path.control] });
  play.reject(lab.on(parent, { transactions }), EVAL_FALSE);
});

topic.plays('a reorganisation across all forks, there and back', (lab, play) => {
  const top = LATE_HEIGHTS.segwit + 2;
  const ours = lab.upTo(top);
  play.switchTo(ours);
  const theirs = lab.upTo(top + 1);
  play.switchTo(theirs);
  play.switchTo(lab.upTo(top + 2, lastOf(ours)));
});
topic.plays('a transaction that was early enough on one branch is too late on the other', (lab, play) => {
  const first = LATE_HEIGHTS.cltv;
  const transactions = lab.locked(concatBytes(pushNumber(5000), Uint8Array.of(0xb1)));
  const parent = grown(lab, play, first - 2);
  const early = lab.on(parent, { transactions });
  play.accept(early);
  const empty = lab.on(parent);
  play.side(empty);
  const late = lab.on(empty, { transactions });
  play.failTo([late], late, badScript('Locktime requirement not satisfied'));
  play.accept(lab.on(early));
});
topic.plays('a witness that is good on one branch came too early on the other', (lab, play) => {
  const { script, unlock } = witnessKeyLock();
  const transactions = lab.locked(script, unlock);
  const before = lab.upTo(LATE_HEIGHTS.segwit - 1);
  play.switchTo(before);
  const last = lastOf(before);
  play.accept(lab.on(last, { transactions }));
  const other = lab.chain(2, last);
  play.switchTo(other);
  play.accept(lab.on(lastOf(other), { transactions }));
});
topic.plays('the height may be missing below BIP34 and must not above it', (lab, play) => {
  const parent = grown(lab, play, LATE_HEIGHTS.bip34 - 2);
  const wrong = { coinbase: { scriptSig: heightScript(9999) } };
  const last = lab.on(parent, wrong);
  play.accept(last);
  play.reject(lab.on(last, wrong), 'bad-cb-height');
  play.accept(lab.on(last));
});
