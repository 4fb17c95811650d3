import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData } from '../../../src/script/build.js';
import { p2pk, p2pkh, p2sh, p2wpkh, p2wsh, witnessProgram } from '../../../src/script/templates.js';
import { testKey } from '../../support/script-keys.js';
import { Topic } from '../cases.js';
import { MAX_ELEMENT_SIZE, MAX_SCRIPT_SIZE, MAX_STACK } from '../constants.js';
import {
  KEY,
  type Lock,
  nested,
  OTHER_KEY,
  signLegacy,
  signWitness,
  witnessKeyLock,
  witnessScriptLock,
} from '../locks.js';
import { longScript } from '../scripts.js';
import type { Unlock } from '../transactions.js';
import { badScript, EVAL_FALSE, type Reason } from '../verdicts.js';

const topic = new Topic('witness programs');
export const witnessProgramCases = topic.cases;

const MISMATCH = badScript('Witness program hash mismatch');
const EMPTY = badScript('Witness program was passed an empty witness');
const WRONG_LENGTH = badScript('Witness program has incorrect length');
const MALLEATED = badScript('Witness requires empty scriptSig');
const MALLEATED_P2SH = badScript('Witness requires only-redeemscript scriptSig');
const UNEXPECTED = badScript('Witness provided for non-witness script');
const UNCLEAN = badScript('Stack size must be exactly one after execution');
const PUSH_SIZE = badScript('Push value size limit exceeded');

const TRUE = Uint8Array.of(0x51);
const NOP = Uint8Array.of(0x61);
const DROP_TRUE = Uint8Array.of(0x75, 0x51);

/** An output of `script` is spent by `unlock`. */
function program(name: string, script: Uint8Array, unlock: Unlock, why?: Reason): void {
  topic.judges(name, why, lab => lab.holding(...lab.locked(script, unlock)));
}

const locked = (name: string, { script, unlock }: Lock, why?: Reason) => program(name, script, unlock, why);

const KEY_HASH = hash160(KEY.publicKey);

locked('a key hash and its signature', witnessKeyLock());
locked('a nested key hash and its signature', nested(witnessKeyLock()));
program('a key hash and no witness', p2wpkh(KEY_HASH), {}, MISMATCH);
program('a key hash and one element', p2wpkh(KEY_HASH), { witness: [KEY.publicKey] }, MISMATCH);
program(
  'a key hash and three elements',
  p2wpkh(KEY_HASH),
  place => ({ witness: [TRUE, signWitness(place, p2pkh(KEY_HASH)), KEY.publicKey] }),
  MISMATCH,
);
program(
  'a key hash and another key',
  p2wpkh(KEY_HASH),
  place => ({
    witness: [
      signWitness(place, p2pkh(hash160(OTHER_KEY.publicKey)), { key: OTHER_KEY }),
      OTHER_KEY.publicKey,
    ],
  }),
  badScript('Script failed an OP_EQUALVERIFY operation'),
);
program(
  'a key hash and a signature of the original scheme',
  p2wpkh(KEY_HASH),
  place => ({ witness: [signLegacy(place, p2pkh(KEY_HASH)), KEY.publicKey] }),
  EVAL_FALSE,
);
program(
  'a key hash and a signature for another amount',
  p2wpkh(KEY_HASH),
  ({ spent, ...place }) => {
    const otherwise = spent.map(coin => ({ ...coin, value: coin.value + 1 }));
    return { witness: [signWitness({ ...place, spent: otherwise }, p2pkh(KEY_HASH)), KEY.publicKey] };
  },
  EVAL_FALSE,
);
const uncompressed = testKey(1, false);
const uncompressedHash = hash160(uncompressed.publicKey);
program('a key hash of a key of 65 bytes', p2wpkh(uncompressedHash), place => ({
  witness: [signWitness(place, p2pkh(uncompressedHash)), uncompressed.publicKey],
}));
program(
  'a key hash and an operation in the script that spends',
  p2wpkh(KEY_HASH),
  place => ({ scriptSig: TRUE, witness: [signWitness(place, p2pkh(KEY_HASH)), KEY.publicKey] }),
  MALLEATED,
);
program(
  'a nested key hash and another push',
  nested(witnessKeyLock()).script,
  place => ({
    scriptSig: concatBytes(TRUE, pushData(p2wpkh(KEY_HASH))),
    witness: [signWitness(place, p2pkh(KEY_HASH)), KEY.publicKey],
  }),
  MALLEATED_P2SH,
);
program(
  'a nested key hash pushed by PUSHDATA1',
  nested(witnessKeyLock()).script,
  place => ({
    scriptSig: concatBytes(Uint8Array.of(0x4c), pushData(p2wpkh(KEY_HASH))),
    witness: [signWitness(place, p2pkh(KEY_HASH)), KEY.publicKey],
  }),
  MALLEATED_P2SH,
);

locked('a script that is true', witnessScriptLock(TRUE));
locked('a nested script that is true', nested(witnessScriptLock(TRUE)));
locked('a script that is false', witnessScriptLock(Uint8Array.of(0)), EVAL_FALSE);
locked(
  'a script with what it asks for',
  witnessScriptLock(Uint8Array.of(0x93, 0x55, 0x87), Uint8Array.of(2), Uint8Array.of(3)),
);
locked('a script that leaves two elements', witnessScriptLock(Uint8Array.of(0x51, 0x51)), UNCLEAN);
locked('a script that leaves none', witnessScriptLock(Uint8Array.of(0x61)), UNCLEAN);
program('a script hash and no witness', p2wsh(sha256(TRUE)), {}, EMPTY);
program(
  'a script hash and another script',
  p2wsh(sha256(TRUE)),
  { witness: [Uint8Array.of(0x52)] },
  MISMATCH,
);
program('a script that checks a signature', p2wsh(sha256(p2pk(KEY.publicKey))), place => ({
  witness: [signWitness(place, p2pk(KEY.publicKey)), p2pk(KEY.publicKey)],
}));
locked(
  'a number that is not minimal for IF',
  witnessScriptLock(Uint8Array.of(0x63, 0x51, 0x67, 0x00, 0x68), Uint8Array.of(2, 0)),
);
locked(
  'CHECKSIGADD',
  witnessScriptLock(Uint8Array.of(0x00, 0x00, 0x00, 0xba)),
  badScript('Opcode missing or not understood'),
);
locked('an element of 520 bytes', witnessScriptLock(DROP_TRUE, new Uint8Array(MAX_ELEMENT_SIZE)));
locked(
  'an element of 521 bytes',
  witnessScriptLock(DROP_TRUE, new Uint8Array(MAX_ELEMENT_SIZE + 1)),
  PUSH_SIZE,
);
locked('a script of 10,000 bytes', witnessScriptLock(longScript(MAX_SCRIPT_SIZE)));
locked(
  'a script of 10,001 bytes',
  witnessScriptLock(longScript(MAX_SCRIPT_SIZE + 1)),
  badScript('Script is too big'),
);
// No script can take so many elements away again.
locked(
  'a thousand elements are too many in the end only',
  witnessScriptLock(NOP, ...elements(MAX_STACK)),
  UNCLEAN,
);
locked(
  'a thousand and one elements are too many at once',
  witnessScriptLock(NOP, ...elements(MAX_STACK + 1)),
  badScript('Stack size limit exceeded'),
);

function elements(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => TRUE);
}

for (const version of [2, 3, 16]) {
  program(`version ${version} without a witness`, witnessProgram(version, new Uint8Array(32).fill(1)), {});
}
program('version 16 with any witness', witnessProgram(16, new Uint8Array(40).fill(1)), {
  witness: [new Uint8Array(0), new Uint8Array(600)],
});
program(
  'version 2 with something in the script that spends',
  witnessProgram(2, new Uint8Array(32).fill(1)),
  { scriptSig: TRUE },
  MALLEATED,
);
program('version 1 of 31 bytes', witnessProgram(1, new Uint8Array(31).fill(1)), {});
program('version 1 of 33 bytes', witnessProgram(1, new Uint8Array(33).fill(1)), { witness: [TRUE] });
program('the anchor, version 1 of two bytes', Uint8Array.of(0x51, 2, 0x4e, 0x73), {});
program('version 1 of 32 bytes within P2SH', ...nestedFree(witnessProgram(1, new Uint8Array(32).fill(1))));
program('version 2 within P2SH', ...nestedFree(witnessProgram(2, new Uint8Array(20).fill(1)), [TRUE]));
program(
  'version 0 of 19 bytes',
  witnessProgram(0, new Uint8Array(19).fill(1)),
  { witness: [TRUE] },
  WRONG_LENGTH,
);
program(
  'version 0 of 33 bytes',
  witnessProgram(0, new Uint8Array(33).fill(1)),
  { witness: [TRUE] },
  WRONG_LENGTH,
);
program('version 0 of 2 bytes', witnessProgram(0, new Uint8Array(2).fill(1)), {}, WRONG_LENGTH);
program('41 bytes are no program', witnessProgram(2, new Uint8Array(41).fill(1)), {});
program('one byte is no program', witnessProgram(2, Uint8Array.of(1)), {});
program('version 0 of 41 bytes is no program', witnessProgram(0, new Uint8Array(41).fill(1)), {});
program(
  '41 bytes are no program, and take no witness',
  witnessProgram(2, new Uint8Array(41).fill(1)),
  { witness: [TRUE] },
  UNEXPECTED,
);
program('an output that anybody may spend takes no witness', TRUE, { witness: [TRUE] }, UNEXPECTED);
program(
  'P2SH that is no program takes no witness',
  p2sh(hash160(TRUE)),
  { scriptSig: pushData(TRUE), witness: [TRUE] },
  UNEXPECTED,
);

function nestedFree(inner: Uint8Array, witness: readonly Uint8Array[] = []): [Uint8Array, Unlock] {
  return [p2sh(hash160(inner)), { scriptSig: pushData(inner), witness }];
}
