import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData } from '../../../src/script/build.js';
import { multisig } from '../../../src/script/templates.js';
import { testPublicKeys } from '../../support/script-keys.js';
import { Topic } from '../cases.js';
import { MAX_ELEMENT_SIZE, MAX_MULTISIG_KEYS, MAX_OPS, MAX_SCRIPT_SIZE, MAX_STACK } from '../constants.js';
import { scriptHashLock } from '../locks.js';
import { longScript } from '../scripts.js';
import { badScript } from '../verdicts.js';

const topic = new Topic('script limits');
export const scriptLimitCases = topic.cases;

const OP_0 = 0x00;
const OP_1 = 0x51;
const NOP = 0x61;
const IF = 0x63;
const ENDIF = 0x68;
const TOALTSTACK = 0x6b;
const DROP = 0x75;
const CHECKMULTISIG = 0xae;

const OP_COUNT = badScript('Operation limit exceeded');
const PUSH_SIZE = badScript('Push value size limit exceeded');
const STACK_SIZE = badScript('Stack size limit exceeded');
const SCRIPT_SIZE = badScript('Script is too big');

function many(opcode: number, count: number): Uint8Array {
  return new Uint8Array(count).fill(opcode);
}

const op = (...opcodes: readonly number[]) => Uint8Array.from(opcodes);

topic.accepts('201 operations', lab => lab.holding(...lab.locked(concatBytes(op(OP_1), many(NOP, MAX_OPS)))));
topic.rejects('202 operations', OP_COUNT, lab =>
  lab.holding(...lab.locked(concatBytes(op(OP_1), many(NOP, MAX_OPS + 1)))),
);
topic.rejects('202 operations of which some do not run', OP_COUNT, lab =>
  lab.holding(...lab.locked(concatBytes(op(OP_1, OP_0, IF), many(NOP, MAX_OPS - 1), op(ENDIF)))),
);
topic.accepts('201 operations in each of both scripts', lab => {
  const script = concatBytes(op(OP_1), many(NOP, MAX_OPS));
  return lab.holding(...lab.locked(script, { scriptSig: script }));
});
topic.accepts('pushes are no operations', lab => lab.holding(...lab.locked(many(OP_1, MAX_STACK))));

/** 0 of `keys` keys, which CHECKMULTISIG counts as operations, and more operations up to `ops`. */
function manyKeys(keys: number, ops: number) {
  const script = concatBytes(multisig(0, testPublicKeys(...Array.from({ length: keys }, (_, i) => i + 1))));
  return concatBytes(op(OP_0), script, many(NOP, ops - keys - 1));
}
topic.accepts('keys of CHECKMULTISIG are operations: 201', lab =>
  lab.holding(...lab.locked(manyKeys(MAX_MULTISIG_KEYS, MAX_OPS))),
);
topic.rejects('keys of CHECKMULTISIG are operations: 202', OP_COUNT, lab =>
  lab.holding(...lab.locked(manyKeys(MAX_MULTISIG_KEYS, MAX_OPS + 1))),
);
topic.rejects('21 keys of CHECKMULTISIG', badScript('Pubkey count negative or limit exceeded'), lab =>
  lab.holding(...lab.locked(manyKeys(MAX_MULTISIG_KEYS + 1, MAX_OPS))),
);
topic.rejects('a negative number of keys', badScript('Pubkey count negative or limit exceeded'), lab =>
  lab.holding(...lab.locked(op(OP_0, OP_0, 0x4f, CHECKMULTISIG))),
);
topic.rejects(
  'more signatures than keys',
  badScript('Signature count negative or greater than pubkey count'),
  lab => lab.holding(...lab.locked(op(OP_0, OP_0, OP_0, OP_1, OP_0, CHECKMULTISIG))),
);
topic.accepts('no signatures of no keys', lab =>
  lab.holding(...lab.locked(op(OP_0, OP_0, OP_0, CHECKMULTISIG))),
);

const drop = op(DROP, OP_1);
topic.accepts('a push of 520 bytes', lab =>
  lab.holding(...lab.locked(concatBytes(pushData(new Uint8Array(MAX_ELEMENT_SIZE)), drop))),
);
topic.rejects('a push of 521 bytes', PUSH_SIZE, lab =>
  lab.holding(...lab.locked(concatBytes(pushData(new Uint8Array(MAX_ELEMENT_SIZE + 1)), drop))),
);
topic.rejects('a push of 521 bytes that does not run', PUSH_SIZE, lab =>
  lab.holding(
    ...lab.locked(concatBytes(op(OP_1, OP_0, IF), pushData(new Uint8Array(MAX_ELEMENT_SIZE + 1)), op(ENDIF))),
  ),
);
topic.rejects('a push of 521 bytes in the script that spends', PUSH_SIZE, lab =>
  lab.holding(...lab.locked(op(OP_1), { scriptSig: pushData(new Uint8Array(MAX_ELEMENT_SIZE + 1)) })),
);
topic.accepts('a redeem script of 520 bytes', lab => {
  const { script, unlock } = scriptHashLock(concatBytes(many(OP_1, MAX_ELEMENT_SIZE - 1), op(NOP)));
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects('a redeem script of 521 bytes', PUSH_SIZE, lab => {
  const { script, unlock } = scriptHashLock(many(OP_1, MAX_ELEMENT_SIZE + 1));
  return lab.holding(...lab.locked(script, unlock));
});

topic.accepts('a stack of 1,000 elements', lab =>
  lab.holding(...lab.locked(many(OP_1, MAX_STACK - 1), { scriptSig: op(OP_1) })),
);
topic.rejects('a stack of 1,001 elements', STACK_SIZE, lab =>
  lab.holding(...lab.locked(many(OP_1, MAX_STACK), { scriptSig: op(OP_1) })),
);
topic.rejects('1,001 elements on stack and alt stack together', STACK_SIZE, lab =>
  lab.holding(...lab.locked(concatBytes(op(OP_1, TOALTSTACK), many(OP_1, MAX_STACK)))),
);

topic.accepts('an output script of 10,000 bytes', lab =>
  lab.holding(...lab.locked(longScript(MAX_SCRIPT_SIZE))),
);
topic.accepts('a script that spends of 10,000 bytes', lab =>
  lab.holding(...lab.locked(op(OP_1), { scriptSig: longScript(MAX_SCRIPT_SIZE) })),
);
topic.rejects('a script that spends of 10,001 bytes', SCRIPT_SIZE, lab =>
  lab.holding(...lab.locked(op(OP_1), { scriptSig: longScript(MAX_SCRIPT_SIZE + 1) })),
);
