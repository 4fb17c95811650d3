import { parseScriptAsm } from '../../support/script-asm.js';
import { Topic } from '../cases.js';
import { badScript, EVAL_FALSE, type Reason } from '../verdicts.js';

/** Scripts without signatures, one block each: an output is locked and spent in the same block. */
const topic = new Topic('script');
export const scriptCases = topic.cases;

const STACK = badScript('Operation not valid with the current stack size');
const BAD_OPCODE = badScript('Opcode missing or not understood');
const DISABLED = badScript('Attempted to use a disabled opcode');
const UNBALANCED = badScript('Invalid OP_IF construction');
const VERIFY = badScript('Script failed an OP_VERIFY operation');
const EQUALVERIFY = badScript('Script failed an OP_EQUALVERIFY operation');
const NUMEQUALVERIFY = badScript('Script failed an OP_NUMEQUALVERIFY operation');
const ALTSTACK = badScript('Operation not valid with the current altstack size');
const RETURN = badScript('OP_RETURN was encountered');
/** Numbers that are too long have no error of their own. */
const NUMBER = badScript('unknown error');

/** Of what an output script and the script that spends it are made; `why` they fail, if they do. */
type Row = readonly [what: string, scriptSig: string, script: string, why?: Reason];

const constants: readonly Row[] = [
  ['nothing at all', '', '', EVAL_FALSE],
  ['OP_0', '', '0', EVAL_FALSE],
  ['negative zero', '', '0x0180', EVAL_FALSE],
  ['zero of many bytes', '', '0x0400000000', EVAL_FALSE],
  ['a byte that is not zero, below others', '', '0x03000001'],
  ['numbers from -1 to 16', '', '-1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16'],
  ['pushes by PUSHDATA1, 2 and 4', '', '0x4c0107 0x4d010007 0x4e0100000007'],
  ['a push that is not the shortest', '0x4c0101', '1 EQUAL'],
  ['a push that is cut short', '', '1 0x05 0x0102', BAD_OPCODE],
  ['PUSHDATA4 without its length', '', '1 0x4e 0x0102', BAD_OPCODE],
  ['OP_RESERVED', '', 'RESERVED', BAD_OPCODE],
  ['OP_RESERVED that does not run', '', '0 IF RESERVED ENDIF 1'],
  ['more than one element at the end', '1 2 3', '4'],
  ['true below false', '1', '0', EVAL_FALSE],
];

const flow: readonly Row[] = [
  ['IF taken', '1', 'IF 1 ELSE 0 ENDIF'],
  ['IF not taken', '0', 'IF 0 ELSE 1 ENDIF'],
  ['NOTIF taken', '0', 'NOTIF 1 ELSE 0 ENDIF'],
  ['NOTIF not taken', '1', 'NOTIF 1 ELSE 0 ENDIF', EVAL_FALSE],
  ['IF of a number that is not minimal', '0x020100', 'IF 1 ELSE 0 ENDIF'],
  ['IF within IF', '1 0', 'IF IF 0 ELSE 1 ENDIF ELSE 0 ENDIF', EVAL_FALSE],
  ['several ELSE', '1', 'IF 1 ELSE 0 ELSE ENDIF'],
  ['IF without a value', '', 'IF 1 ENDIF', UNBALANCED],
  ['IF without ENDIF', '1', 'IF 1', UNBALANCED],
  ['ELSE without IF', '1', 'ELSE 1', UNBALANCED],
  ['ENDIF without IF', '1', 'ENDIF', UNBALANCED],
  ['IF in one script and ENDIF in the other', '1 IF', '1 ENDIF', UNBALANCED],
  ['VERIF that does not run', '1', '0 IF VERIF ENDIF', BAD_OPCODE],
  ['VERNOTIF that does not run', '1', '0 IF VERNOTIF ENDIF', BAD_OPCODE],
  ['VER', '1', 'VER', BAD_OPCODE],
  ['VER that does not run', '1', '0 IF VER ENDIF'],
  ['VERIFY of true', '1 1', 'VERIFY'],
  ['VERIFY of false', '1 0', 'VERIFY', VERIFY],
  ['VERIFY of nothing', '', 'VERIFY 1', STACK],
  ['RETURN behind something', '1', 'NOP RETURN', RETURN],
  ['RETURN that does not run', '1', '0 IF RETURN ENDIF'],
  ['RETURN in the script that spends', '1 RETURN', '1', RETURN],
];

const stack: readonly Row[] = [
  ['TOALTSTACK and FROMALTSTACK', '1', 'TOALTSTACK 0 FROMALTSTACK'],
  ['FROMALTSTACK of nothing', '1', 'FROMALTSTACK', ALTSTACK],
  ['the alt stack does not outlive a script', '1 1 TOALTSTACK', 'FROMALTSTACK', ALTSTACK],
  ['2DROP 2DUP 3DUP', '9 8', '2DUP 3DUP 2DROP 2DROP 2DROP 9 EQUAL'],
  ['2OVER', '1 2 3 4', '2OVER 2 EQUALVERIFY 1 EQUAL'],
  ['2ROT', '1 2 3 4 5 6', '2ROT 2 EQUALVERIFY 1 EQUAL'],
  ['2SWAP', '1 2 3 4', '2SWAP 2 EQUALVERIFY 1 EQUAL'],
  ['IFDUP of true', '1', 'IFDUP DROP'],
  ['IFDUP of false', '1 0', 'IFDUP DROP'],
  ['DEPTH', '7 7 7', 'DEPTH 3 EQUAL'],
  ['NIP', '1 2', 'NIP 2 EQUALVERIFY DEPTH 0 EQUAL'],
  ['OVER', '1 2', 'OVER 1 EQUAL'],
  ['PICK', '1 2 3 2', 'PICK 1 EQUALVERIFY DEPTH 3 EQUAL'],
  ['PICK below the stack', '1 2 3 3', 'PICK', STACK],
  ['PICK above the stack', '1 -1', 'PICK', STACK],
  ['ROLL', '1 2 3 2', 'ROLL 1 EQUALVERIFY DEPTH 2 EQUAL'],
  ['ROT', '1 2 3', 'ROT 1 EQUAL'],
  ['SWAP', '1 2', 'SWAP 1 EQUAL'],
  ['TUCK', '1 2', 'TUCK DEPTH 3 EQUALVERIFY 2 EQUALVERIFY 1 EQUAL'],
  ['SIZE', "'four'", 'SIZE 4 EQUAL'],
  ['DROP of nothing', '', 'DROP', STACK],
  ['DUP of nothing', '', 'DUP', STACK],
  ['2ROT of five', '1 2 3 4 5', '2ROT', STACK],
];

const disabled = [
  ...['CAT', 'SUBSTR', 'LEFT', 'RIGHT', 'INVERT', 'AND', 'OR', 'XOR', '2MUL', '2DIV', 'MUL', 'DIV', 'MOD'],
  ...['LSHIFT', 'RSHIFT'],
];

const arithmetic: readonly Row[] = [
  ['1ADD 1SUB NEGATE ABS', '5', '1ADD 1SUB NEGATE ABS 5 NUMEQUAL'],
  ['NOT and 0NOTEQUAL', '0', 'NOT 0NOTEQUAL'],
  ['ADD and SUB', '5 3', 'ADD 8 SUB NOT'],
  ['BOOLAND and BOOLOR', '1 0', 'BOOLOR 1 BOOLAND'],
  ['NUMEQUAL of numbers written in two ways', '0x020500', '5 NUMEQUAL'],
  ['NUMEQUALVERIFY of others', '1 5', '6 NUMEQUALVERIFY', NUMEQUALVERIFY],
  ['NUMNOTEQUAL', '5', '6 NUMNOTEQUAL'],
  ['LESSTHAN and GREATERTHAN', '5', 'DUP 6 LESSTHAN VERIFY 4 GREATERTHAN'],
  ['LESSTHANOREQUAL and GREATERTHANOREQUAL', '5', 'DUP 5 LESSTHANOREQUAL VERIFY 5 GREATERTHANOREQUAL'],
  ['MIN and MAX', '5 3', 'MIN 9 MAX 9 NUMEQUAL'],
  ['WITHIN its lower bound', '5 5 6', 'WITHIN'],
  ['WITHIN its upper bound', '6 5 6', 'WITHIN', EVAL_FALSE],
  ['a result of five bytes', '0x04ffffff7f', 'DUP ADD'],
  ['arithmetic on a result of five bytes', '0x04ffffff7f', 'DUP ADD 1ADD', NUMBER],
  ['arithmetic on five bytes', '0x050000000000', '1ADD', NUMBER],
  ['EQUAL of bytes', "'a'", "'a' EQUAL"],
  ['EQUAL of numbers written in two ways', '0x020500', '5 EQUAL', EVAL_FALSE],
  ['EQUALVERIFY of others', "1 'a'", "'b' EQUALVERIFY", EQUALVERIFY],
  ['OP_RESERVED1', '1', 'RESERVED1', BAD_OPCODE],
  ['OP_RESERVED2', '1', 'RESERVED2', BAD_OPCODE],
];

// NOP, since without it HASH160 would make these P2SH.
const hashes: readonly Row[] = [
  ['RIPEMD160', '0', 'RIPEMD160 0x14 0x9c1185a5c5e9fc54612808977ee8f548b2258d31 EQUAL'],
  ['SHA1', '0', 'SHA1 0x14 0xda39a3ee5e6b4b0d3255bfef95601890afd80709 EQUAL'],
  ['SHA256', '0', 'SHA256 0x20 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 EQUAL'],
  ['HASH160', '0', 'HASH160 0x14 0xb472a266d0bd89c13706a4132ccfb16f7c3b9fcb EQUAL NOP'],
  ['HASH256', '0', 'HASH256 0x20 0x5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456 EQUAL'],
  [
    'HASH160 of something else',
    '1',
    'HASH160 0x14 0xb472a266d0bd89c13706a4132ccfb16f7c3b9fcb EQUAL NOP',
    EVAL_FALSE,
  ],
  ['SHA256 of nothing', '', 'SHA256', STACK],
];

const reserved: readonly Row[] = [
  ['NOP and NOP1, NOP4 to NOP10', '1', 'NOP NOP1 NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10'],
  ['CHECKSIGADD outside of tapscript', '0 0', '0 CHECKSIGADD 1', BAD_OPCODE],
  ['CHECKSIGADD outside of tapscript, which does not run', '1', '0 IF CHECKSIGADD ENDIF'],
  ['the first opcode that does not exist', '1', '0xbb', BAD_OPCODE],
  ['the last opcode', '1', '0xff', BAD_OPCODE],
  ['an opcode that does not exist and does not run', '1', '0 IF 0xba 0xff ENDIF'],
  ['CODESEPARATOR', '1', 'CODESEPARATOR'],
  ['operations in the script that spends', '2 3 ADD', '5 EQUAL'],
];

const rows: readonly Row[] = [
  ...constants,
  ...flow,
  ...stack,
  ...arithmetic,
  ...hashes,
  ...reserved,
  ...disabled.map((name): Row => [`${name}, disabled`, '1 1 1', name, DISABLED]),
  ['CAT, disabled, that does not run', '1', '0 IF CAT ENDIF', DISABLED],
  ['2MUL, disabled, that does not run', '1', '0 IF 2MUL ENDIF', DISABLED],
];

for (const [what, scriptSig, script, why] of rows) {
  topic.judges(what, why, lab =>
    lab.holding(...lab.locked(parseScriptAsm(script), { scriptSig: parseScriptAsm(scriptSig) })),
  );
}

topic.plays('the first script that fails is told of', (lab, play) => {
  const good = lab.locked(parseScriptAsm('1'), {}, { coin: 0 });
  const bad = lab.locked(parseScriptAsm('0'), {}, { coin: 1 });
  const worse = lab.locked(parseScriptAsm('1 NOP RETURN'), {}, { coin: 2 });
  play.reject(lab.holding(...good, ...bad, ...worse), EVAL_FALSE);
});
