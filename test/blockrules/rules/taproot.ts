import { hash160 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData } from '../../../src/script/build.js';
import { p2sh, p2tr } from '../../../src/script/templates.js';
import { parseScriptAsm } from '../../support/script-asm.js';
import { Topic } from '../cases.js';
import { MAX_ELEMENT_SIZE, MAX_SCRIPT_SIZE, MAX_STACK } from '../constants.js';
import {
  KEY,
  OTHER_KEY,
  type ScriptPath,
  scriptPath,
  signTaproot,
  TAPROOT_KEY_SCRIPT,
  TAPROOT_SECRET,
  tapscriptLock,
  X_ONLY_KEY,
} from '../locks.js';
import { longScript } from '../scripts.js';
import type { InputPlace, Unlock } from '../transactions.js';
import { badScript, EVAL_FALSE, type Reason } from '../verdicts.js';

const topic = new Topic('taproot');
export const taprootCases = topic.cases;

const BAD_SIGNATURE = badScript('Invalid Schnorr signature');
const SIGNATURE_SIZE = badScript('Invalid Schnorr signature size');
const HASH_TYPE = badScript('Invalid Schnorr signature hash type');
const MISMATCH = badScript('Witness program hash mismatch');
const CONTROL_SIZE = badScript('Invalid Taproot control block size');
const STACK_SIZE = badScript('Stack size limit exceeded');
const PUSH_SIZE = badScript('Push value size limit exceeded');
const BAD_OPCODE = badScript('Opcode missing or not understood');
const UNCLEAN = badScript('Stack size must be exactly one after execution');
const WEIGHT = badScript('Too much signature validation relative to witness weight');
const NO_MULTISIG = badScript('OP_CHECKMULTISIG(VERIFY) is not available in tapscript');
const MINIMAL_IF = badScript('OP_IF/NOTIF argument must be minimal in tapscript');
const KEY_TYPE = badScript('Public key is neither compressed or uncompressed');

const ANNEX = Uint8Array.of(0x50, 1, 2, 3);
const TRUE = Uint8Array.of(0x51);
const EMPTY = new Uint8Array(0);

function output(name: string, script: Uint8Array, unlock: Unlock, why?: Reason): void {
  topic.judges(name, why, lab => lab.holding(...lab.locked(script, unlock)));
}

type Witness = (place: InputPlace) => readonly Uint8Array[];

const keyPath = (name: string, witness: Witness, why?: Reason) =>
  output(`key path: ${name}`, TAPROOT_KEY_SCRIPT, place => ({ witness: witness(place) }), why);

const sign = (place: InputPlace, changes: Parameters<typeof signTaproot>[1] = {}) =>
  signTaproot(place, { secret: TAPROOT_SECRET, ...changes });

keyPath('a signature of 64 bytes', place => [sign(place)]);
keyPath('a signature of 65 bytes, of type ALL', place => [sign(place, { hashType: 1 })]);
keyPath(
  'a signature of 65 bytes, of type zero',
  place => [concatBytes(sign(place), Uint8Array.of(0))],
  HASH_TYPE,
);
keyPath('a hash type that does not exist', place => [concatBytes(sign(place), Uint8Array.of(4))], HASH_TYPE);
keyPath(
  'another hash type that does not exist',
  place => [concatBytes(sign(place), Uint8Array.of(0x84))],
  HASH_TYPE,
);
keyPath('a signature of 63 bytes', place => [sign(place).subarray(1)], SIGNATURE_SIZE);
keyPath('a signature of 66 bytes', place => [concatBytes(sign(place), Uint8Array.of(1, 1))], SIGNATURE_SIZE);
keyPath('an empty signature', () => [EMPTY], SIGNATURE_SIZE);
keyPath('no witness', () => [], badScript('Witness program was passed an empty witness'));
keyPath('the signature of the key before its tweak', place => [signTaproot(place)], BAD_SIGNATURE);
keyPath('the signature of another key', place => [sign(place, { secret: OTHER_KEY.secret })], BAD_SIGNATURE);
keyPath('an annex', place => [sign(place, { place: { annex: ANNEX } }), ANNEX]);
keyPath('an annex of 1,000 bytes', place => {
  const annex = new Uint8Array(1000).fill(0x50);
  return [sign(place, { place: { annex } }), annex];
});
keyPath('an annex that the signature does not cover', place => [sign(place), ANNEX], BAD_SIGNATURE);
keyPath(
  'an annex that the signature covers, left out',
  place => [sign(place, { place: { annex: ANNEX } })],
  BAD_SIGNATURE,
);
keyPath(
  'a signature for another amount',
  ({ spent, ...place }) => [
    sign({ ...place, spent: spent.map(coin => ({ ...coin, value: coin.value - 1 })) }),
  ],
  BAD_SIGNATURE,
);
output(
  'key path: something in the script that spends',
  TAPROOT_KEY_SCRIPT,
  place => ({ scriptSig: TRUE, witness: [sign(place)] }),
  badScript('Witness requires empty scriptSig'),
);
output(
  'an output key that is no point',
  p2tr(new Uint8Array(32).fill(0xff)),
  place => ({ witness: [sign(place)] }),
  BAD_SIGNATURE,
);
output('within P2SH there are no rules', p2sh(hash160(TAPROOT_KEY_SCRIPT)), {
  scriptSig: pushData(TAPROOT_KEY_SCRIPT),
  witness: [TRUE],
});

/** Shows a path's script with `items` before it; the control block can be another. */
const show = ({ script, control }: ScriptPath, items: readonly Uint8Array[] = [], other = control) => [
  ...items,
  script,
  other,
];

const open = scriptPath(TRUE);
const shown = (name: string, path: ScriptPath, witness: readonly Uint8Array[], why?: Reason) =>
  output(`script path: ${name}`, path.output, { witness }, why);

shown('a script that is true', open, show(open));
shown('an annex', open, [...show(open), ANNEX]);
shown('another script', open, [Uint8Array.of(0x52), open.control], MISMATCH);
shown('a control block of another key', open, show(open, [], changed(open.control, 5)), MISMATCH);
shown('a control block with the wrong parity', open, show(open, [], flipped(open.control, 1)), MISMATCH);
shown('a control block of 32 bytes', open, show(open, [], open.control.subarray(0, 32)), CONTROL_SIZE);
shown('a control block of 34 bytes', open, show(open, [], concatBytes(open.control, TRUE)), CONTROL_SIZE);
shown(
  'a control block with a node too many',
  open,
  show(open, [], concatBytes(open.control, new Uint8Array(32))),
  MISMATCH,
);
const deep = scriptPath(TRUE, 0xc0, 128);
shown('a script 128 levels deep', deep, show(deep));
shown(
  'a control block of 129 levels',
  deep,
  show(deep, [], concatBytes(deep.control, new Uint8Array(32))),
  CONTROL_SIZE,
);
const second = scriptPath(TRUE, 0xc0, 1);
shown('one script of two', second, show(second));
shown(
  'one script of two without its node',
  second,
  show(second, [], second.control.subarray(0, 33)),
  MISMATCH,
);

for (const version of [0xc2, 0x66, 0xfe]) {
  const unknown = scriptPath(Uint8Array.of(0xff, 0x05), version);
  shown(`leaf version 0x${version.toString(16)} has no rules`, unknown, show(unknown, [new Uint8Array(600)]));
}
shown(
  'another leaf version than the one committed to',
  open,
  show(open, [], flipped(open.control, 2)),
  MISMATCH,
);

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x40;
  return copy;
}

function flipped(bytes: Uint8Array, bits: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[0] = (copy[0] as number) ^ bits;
  return copy;
}

/** A tapscript and the elements that it gets. */
function tapscript(
  name: string,
  script: Uint8Array | string,
  items: readonly Uint8Array[],
  why?: Reason,
): void {
  const bytes = typeof script === 'string' ? parseScriptAsm(script) : script;
  const { script: lock, unlock } = tapscriptLock(bytes, ...items);
  output(`tapscript: ${name}`, lock, unlock, why);
}

tapscript('false', '0', [], EVAL_FALSE);
tapscript('two elements left', '1 1', [], UNCLEAN);
tapscript('none left', 'NOP', [], UNCLEAN);
tapscript('a number that is not minimal for IF', 'IF 1 ELSE 0 ENDIF', [Uint8Array.of(2)], MINIMAL_IF);
tapscript('a zero byte for NOTIF', 'NOTIF 1 ELSE 0 ENDIF', [Uint8Array.of(0)], MINIMAL_IF);
tapscript('a minimal number for IF', 'IF 1 ELSE 0 ENDIF', [EMPTY], EVAL_FALSE);
tapscript('CHECKMULTISIG', '0 0 0 CHECKMULTISIG', [], NO_MULTISIG);
tapscript('CHECKMULTISIGVERIFY', '0 0 0 CHECKMULTISIGVERIFY 1', [], NO_MULTISIG);
tapscript('CHECKMULTISIG that does not run', '0 IF CHECKMULTISIG ENDIF 1', []);
tapscript('VERIF', '1 0 IF VERIF ENDIF', [], BAD_OPCODE);
tapscript('an element of 520 bytes', 'DROP 1', [new Uint8Array(MAX_ELEMENT_SIZE)]);
tapscript('an element of 521 bytes', 'DROP 1', [new Uint8Array(MAX_ELEMENT_SIZE + 1)], PUSH_SIZE);
tapscript(
  'a push of 521 bytes',
  concatBytes(pushData(new Uint8Array(MAX_ELEMENT_SIZE + 1)), Uint8Array.of(0x75, 0x51)),
  [],
  PUSH_SIZE,
);
tapscript(
  'a thousand elements',
  concatBytes(new Uint8Array(MAX_STACK - 1).fill(0x75), Uint8Array.of(0x51, 0x87)),
  Array.from({ length: MAX_STACK }, () => Uint8Array.of(1)),
);
tapscript(
  'a thousand and one elements',
  new Uint8Array(MAX_STACK).fill(0x75),
  Array.from({ length: MAX_STACK + 1 }, () => Uint8Array.of(1)),
  STACK_SIZE,
);
tapscript('a script of more than 10,000 bytes', longScript(MAX_SCRIPT_SIZE * 3), []);
tapscript('more than 201 operations', concatBytes(TRUE, new Uint8Array(1000).fill(0x61)), []);

const successes = [
  '80',
  '98',
  '126',
  '129',
  '131',
  '134',
  '137',
  '138',
  '141',
  '142',
  '149',
  '153',
  '187',
  '254',
];
for (const number of successes) {
  tapscript(`OP_SUCCESS${number}`, concatBytes(Uint8Array.of(0x00, Number(number)), Uint8Array.of(0x6a)), []);
}
tapscript('OP_SUCCESS that does not run', Uint8Array.of(0x00, 0x63, 0x50, 0x68, 0x00), []);
tapscript('OP_SUCCESS before a push that is cut short', Uint8Array.of(0x50, 0x4c), []);
tapscript('OP_SUCCESS behind a push that is cut short', Uint8Array.of(0x05, 0x50, 0x50), [], BAD_OPCODE);
tapscript('OP_SUCCESS with elements over all limits', Uint8Array.of(0x50), [
  new Uint8Array(MAX_ELEMENT_SIZE + 1),
  ...Array.from({ length: MAX_STACK }, () => EMPTY),
]);
tapscript('0xff is no OP_SUCCESS', Uint8Array.of(0x51, 0xff), [], BAD_OPCODE);

/** A tapscript that checks signatures of the two keys, which `items` makes. */
function checked(
  name: string,
  asm: Uint8Array,
  items: (sign: (key: typeof KEY, separator?: number) => Uint8Array) => readonly Uint8Array[],
  why?: Reason,
): void {
  const path = scriptPath(asm);
  const unlock: Unlock = place => ({
    witness: show(
      path,
      items(({ secret }, separator) => signTaproot(place, { secret, place: { leaf: path.leaf, separator } })),
    ),
  });
  output(`tapscript: ${name}`, path.output, unlock, why);
}

const OTHER_X_ONLY = xOnly(OTHER_KEY.publicKey);
const op = (...opcodes: readonly number[]) => Uint8Array.from(opcodes);
const CHECKSIG = concatBytes(pushData(X_ONLY_KEY), op(0xac));
const TWO_KEYS = concatBytes(CHECKSIG, pushData(OTHER_X_ONLY), op(0xba, 0x52, 0x9c));

checked('CHECKSIG of its signature', CHECKSIG, sign => [sign(KEY)]);
checked('CHECKSIG of another key', CHECKSIG, sign => [sign(OTHER_KEY)], BAD_SIGNATURE);
checked('CHECKSIG of nothing', CHECKSIG, () => [EMPTY], EVAL_FALSE);
checked(
  'a wrong signature where none is wanted',
  concatBytes(CHECKSIG, op(0x91)),
  sign => [sign(OTHER_KEY)],
  BAD_SIGNATURE,
);
checked('no signature where none is wanted', concatBytes(CHECKSIG, op(0x91)), () => [EMPTY]);
checked(
  'CHECKSIGVERIFY of nothing',
  concatBytes(pushData(X_ONLY_KEY), op(0xad, 0x51)),
  () => [EMPTY],
  badScript('Script failed an OP_CHECKSIGVERIFY operation'),
);
checked('CHECKSIGADD of both', TWO_KEYS, sign => [sign(OTHER_KEY), sign(KEY)]);
checked('CHECKSIGADD of one', TWO_KEYS, sign => [EMPTY, sign(KEY)], EVAL_FALSE);
checked('CHECKSIGADD of a wrong one', TWO_KEYS, sign => [sign(KEY), sign(KEY)], BAD_SIGNATURE);
checked('a signature of 63 bytes', CHECKSIG, sign => [sign(KEY).subarray(1)], SIGNATURE_SIZE);
checked('an empty key', op(0x00, 0xac), sign => [sign(KEY)], KEY_TYPE);
checked('an empty key and no signature', op(0x00, 0xac), () => [EMPTY], KEY_TYPE);
checked('a key of 33 bytes has no rules', concatBytes(pushData(KEY.publicKey), op(0xac)), () => [op(7)]);
checked('CODESEPARATOR in front', concatBytes(op(0xab), CHECKSIG), sign => [sign(KEY, 0)]);
checked(
  'CODESEPARATOR in front, not signed',
  concatBytes(op(0xab), CHECKSIG),
  sign => [sign(KEY)],
  BAD_SIGNATURE,
);

/**
 * Checks one signature again and again: each check costs 50 units, of which there are 50 and one for each byte of the
 * witness. `missing` units are not there.
 */
function weighed(name: string, missing: number, why?: Reason): void {
  const checks = 20;
  const one = concatBytes(op(0x76), pushData(X_ONLY_KEY), op(0xad));
  const script = concatBytes(op(0x75), ...Array.from({ length: checks }, () => one), op(0x75, 0x51));
  // Count of elements; signature, script and control block with their lengths; the padding's length.
  const fixed = 1 + 65 + (3 + script.length) + 34 + 1;
  const padding = 50 * (checks - 1) - fixed - missing;
  checked(name, script, sign => [sign(KEY), new Uint8Array(padding)], why);
}
weighed('as many checks as the weight allows', 0);
weighed('a unit of weight too few for its checks', 1, WEIGHT);
