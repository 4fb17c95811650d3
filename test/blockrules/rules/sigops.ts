import { concatBytes } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { Topic } from '../cases.js';
import { COIN, MAX_SIGOPS_COST, SIGOPS_OF_MULTISIG, WITNESS_SCALE } from '../constants.js';
import { heightScript } from '../generator.js';
import { type Lab, TRUNK_HEIGHT } from '../lab.js';
import {
  type Lock,
  nested,
  scriptHashLock,
  scriptPath,
  signTaproot,
  tapscriptLock,
  witnessKeyLock,
  witnessScriptLock,
  X_ONLY_KEY,
} from '../locks.js';
import { open, outputOf, spend } from '../transactions.js';
import { CONNECT_SIGOPS } from '../verdicts.js';

const topic = new Topic('signature operations');
export const sigopsCases = topic.cases;

const CHECKSIG = 0xac;
const CHECKSIGVERIFY = 0xad;
const CHECKMULTISIG = 0xae;
const CHECKMULTISIGVERIFY = 0xaf;
const MAX_LEGACY = MAX_SIGOPS_COST / WITNESS_SCALE;

function repeat(opcode: number, count: number): Uint8Array {
  return new Uint8Array(count).fill(opcode);
}

/** A block whose first transaction pays nothing to `scripts`. */
function paying(lab: Lab, ...scripts: readonly Uint8Array[]) {
  return lab.holding(spend([lab.coin()], [open(COIN), ...scripts.map(script => ({ value: 0, script }))]));
}

topic.accepts('20,000 in output scripts', lab => paying(lab, repeat(CHECKSIG, MAX_LEGACY)));
topic.rejects('20,001 in output scripts', 'bad-blk-sigops', lab =>
  paying(lab, repeat(CHECKSIG, MAX_LEGACY + 1)),
);
topic.rejects('20,001 in the scripts of many outputs', 'bad-blk-sigops', lab =>
  paying(lab, ...Array.from({ length: 2000 }, () => repeat(CHECKSIGVERIFY, 10)), repeat(CHECKSIG, 1)),
);
topic.accepts('CHECKMULTISIG counts twenty: 1,000 of them', lab =>
  paying(lab, repeat(CHECKMULTISIG, MAX_LEGACY / SIGOPS_OF_MULTISIG)),
);
topic.rejects('CHECKMULTISIG counts twenty: 1,000 of them and a CHECKSIG', 'bad-blk-sigops', lab =>
  paying(lab, repeat(CHECKMULTISIGVERIFY, MAX_LEGACY / SIGOPS_OF_MULTISIG), repeat(CHECKSIG, 1)),
);
topic.rejects('CHECKMULTISIG of one key counts twenty in an output script', 'bad-blk-sigops', lab => {
  const ofOne = Array.from({ length: 1001 }, () => Uint8Array.of(0x51, CHECKMULTISIG));
  return paying(lab, concatBytes(...ofOne));
});
topic.rejects('those behind OP_RETURN count', 'bad-blk-sigops', lab =>
  paying(lab, concatBytes(Uint8Array.of(0x6a), repeat(CHECKSIG, MAX_LEGACY + 1))),
);
topic.accepts('those within a push do not count', lab =>
  paying(lab, repeat(CHECKSIG, MAX_LEGACY), concatBytes(Uint8Array.of(75), repeat(CHECKSIG, 75))),
);
topic.accepts('those behind a push that is cut short do not count', lab =>
  paying(
    lab,
    concatBytes(
      repeat(CHECKSIG, MAX_LEGACY),
      Uint8Array.of(0x4e, 0xff, 0xff, 0xff, 0x7f),
      repeat(CHECKSIG, 9),
    ),
  ),
);
topic.accepts('those in the coinbase count: 20,000 with 90 of them there', lab =>
  withCoinbaseSigOps(lab, 90, 0),
);
topic.rejects('those in the coinbase count: 20,001 with 90 of them there', 'bad-blk-sigops', lab =>
  withCoinbaseSigOps(lab, 90, 1),
);
topic.rejects('those in a scriptSig count', 'bad-blk-sigops', lab => {
  const unlock = {
    scriptSig: concatBytes(Uint8Array.of(0, 0x63), repeat(CHECKSIG, 100), Uint8Array.of(0x68)),
  };
  return lab.holding(
    spend(
      [{ coin: lab.coin(), unlock }],
      [open(COIN), { value: 0, script: repeat(CHECKSIG, MAX_LEGACY - 99) }],
    ),
  );
});

function withCoinbaseSigOps(lab: Lab, inScript: number, more: number) {
  const scriptSig = concatBytes(heightScript(TRUNK_HEIGHT + 1), repeat(CHECKSIG, inScript));
  const { transactions } = paying(lab, repeat(CHECKSIG, MAX_LEGACY - inScript + more));
  return lab.block({ transactions: transactions.slice(1), coinbase: { scriptSig } });
}

/** A script that is true and counts `multisigs` times twenty, none of which runs: 198 are as many as a script may have. */
const MOST_MULTISIGS = 198;
function unexecuted(multisigs: number, singles = 0): Uint8Array {
  return concatBytes(
    Uint8Array.of(0, 0x63),
    repeat(CHECKMULTISIG, multisigs),
    repeat(CHECKSIG, singles),
    Uint8Array.of(0x68, 0x51),
  );
}

/** Locks whose scripts count `count` together. */
function locksCounting(count: number, lock: (script: Uint8Array) => Lock): Lock[] {
  const locks: Lock[] = [];
  let left = count;
  for (; left >= MOST_MULTISIGS * SIGOPS_OF_MULTISIG; left -= MOST_MULTISIGS * SIGOPS_OF_MULTISIG) {
    locks.push(lock(unexecuted(MOST_MULTISIGS)));
  }
  locks.push(lock(unexecuted(Math.floor(left / SIGOPS_OF_MULTISIG), left % SIGOPS_OF_MULTISIG)));
  return locks;
}

/** A block that locks a coin with all of these and spends them. */
function spending(lab: Lab, locks: readonly Lock[], extra: readonly Transaction[] = []) {
  const value = Math.floor(COIN / locks.length);
  const lockAll = spend(
    [lab.coin()],
    locks.map(({ script }) => ({ value, script })),
  );
  const inputs = locks.map(({ unlock }, vout) => ({ coin: outputOf(lockAll, vout), unlock }));
  return lab.holding(lockAll, spend(inputs, [open(value)]), ...extra);
}

topic.accepts('20,000 in redeem scripts', lab => spending(lab, locksCounting(MAX_LEGACY, scriptHashLock)));
topic.rejects('20,001 in redeem scripts', CONNECT_SIGOPS, lab =>
  spending(lab, locksCounting(MAX_LEGACY + 1, scriptHashLock)),
);
topic.accepts('CHECKMULTISIG of one key counts one in a redeem script', lab => {
  const ofOne = concatBytes(Uint8Array.of(0, 0x63, 0x51, CHECKMULTISIG, 0x68, 0x51));
  return spending(lab, [...locksCounting(MAX_LEGACY - 1, scriptHashLock), scriptHashLock(ofOne)]);
});
topic.rejects('CHECKMULTISIG of two keys counts two in a redeem script', CONNECT_SIGOPS, lab => {
  const ofTwo = concatBytes(Uint8Array.of(0, 0x63, 0x52, CHECKMULTISIG, 0x68, 0x51));
  return spending(lab, [...locksCounting(MAX_LEGACY - 1, scriptHashLock), scriptHashLock(ofTwo)]);
});
topic.rejects('redeem and output scripts count together', CONNECT_SIGOPS, lab => {
  const extra = spend([lab.coin(1)], [open(COIN), { value: 0, script: repeat(CHECKSIG, 1) }]);
  return spending(lab, locksCounting(MAX_LEGACY, scriptHashLock), [extra]);
});

topic.accepts('80,000 in witness scripts', lab =>
  spending(lab, locksCounting(MAX_SIGOPS_COST, witnessScriptLock)),
);
topic.rejects('80,001 in witness scripts', CONNECT_SIGOPS, lab =>
  spending(lab, locksCounting(MAX_SIGOPS_COST + 1, witnessScriptLock)),
);
topic.rejects('80,001 in nested witness scripts', CONNECT_SIGOPS, lab =>
  spending(
    lab,
    locksCounting(MAX_SIGOPS_COST + 1, script => nested(witnessScriptLock(script))),
  ),
);
topic.rejects('80,000 in witness scripts and a witness key hash, which counts one', CONNECT_SIGOPS, lab =>
  spending(lab, [...locksCounting(MAX_SIGOPS_COST, witnessScriptLock), witnessKeyLock()]),
);
topic.rejects('witness scripts count a quarter of output scripts', CONNECT_SIGOPS, lab => {
  const extra = spend([lab.coin(1)], [open(COIN), { value: 0, script: repeat(CHECKSIG, 1) }]);
  return spending(lab, locksCounting(MAX_SIGOPS_COST - WITNESS_SCALE + 1, witnessScriptLock), [extra]);
});
topic.accepts('80,000 in witness scripts, and a tapscript, which does not count', lab => {
  const { output, script, control, leaf } = scriptPath(
    concatBytes(Uint8Array.of(32), X_ONLY_KEY, repeat(CHECKSIG, 1)),
  );
  const unlock: Lock['unlock'] = place => ({
    witness: [signTaproot(place, { place: { leaf } }), script, control],
  });
  return spending(lab, [...locksCounting(MAX_SIGOPS_COST, witnessScriptLock), { script: output, unlock }]);
});
topic.accepts('80,000 in witness scripts, and a thousand more in a tapscript', lab =>
  spending(lab, [...locksCounting(MAX_SIGOPS_COST, witnessScriptLock), tapscriptLock(unexecuted(0, 1000))]),
);
