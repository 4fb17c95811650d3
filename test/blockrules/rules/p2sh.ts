import { hash160 } from '../../../src/crypto/hash.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { pushData } from '../../../src/script/build.js';
import { p2pk, p2sh } from '../../../src/script/templates.js';
import { Topic } from '../cases.js';
import { KEY, scriptHashLock, signLegacy } from '../locks.js';
import { badScript, EVAL_FALSE } from '../verdicts.js';

const topic = new Topic('P2SH');
export const p2shCases = topic.cases;

const TRUE = Uint8Array.of(0x51);
const FALSE = Uint8Array.of(0);

topic.accepts('a redeem script that is true', lab => {
  const { script, unlock } = scriptHashLock(TRUE);
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects('a redeem script that is false', EVAL_FALSE, lab => {
  const { script, unlock } = scriptHashLock(FALSE);
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects('another redeem script', EVAL_FALSE, lab =>
  lab.holding(...lab.locked(p2sh(hash160(TRUE)), { scriptSig: pushData(FALSE) })),
);
topic.rejects('no redeem script', badScript('Operation not valid with the current stack size'), lab =>
  lab.holding(...lab.locked(p2sh(hash160(TRUE)))),
);
topic.accepts('a redeem script with what it asks for', lab => {
  const { script, unlock } = scriptHashLock(
    Uint8Array.of(0x93, 0x55, 0x87),
    Uint8Array.of(2),
    Uint8Array.of(3),
  );
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects(
  'an operation in the script that spends',
  badScript('Only push operators allowed in signatures'),
  lab =>
    lab.holding(
      ...lab.locked(p2sh(hash160(TRUE)), { scriptSig: concatBytes(Uint8Array.of(0x61), pushData(TRUE)) }),
    ),
);
topic.rejects('a redeem script that -1 pushes', badScript('Attempted to use a disabled opcode'), lab =>
  lab.holding(...lab.locked(p2sh(hash160(Uint8Array.of(0x81))), { scriptSig: Uint8Array.of(0x51, 0x4f) })),
);
topic.rejects('an empty redeem script', EVAL_FALSE, lab => {
  const { script, unlock } = scriptHashLock(new Uint8Array(0));
  return lab.holding(...lab.locked(script, unlock));
});
topic.accepts('an empty redeem script over a true element', lab => {
  const { script, unlock } = scriptHashLock(new Uint8Array(0), TRUE);
  return lab.holding(...lab.locked(script, unlock));
});
topic.accepts('P2SH in P2SH is not looked into', lab => {
  const { script, unlock } = scriptHashLock(p2sh(hash160(FALSE)), FALSE);
  return lab.holding(...lab.locked(script, unlock));
});
topic.accepts('what differs from P2SH by a push is not P2SH', lab => {
  const script = concatBytes(Uint8Array.of(0xa9, 0x4c, 20), hash160(FALSE), Uint8Array.of(0x87));
  return lab.holding(...lab.locked(script, { scriptSig: pushData(FALSE) }));
});
topic.accepts('a signature covers the redeem script', lab => {
  const redeem = p2pk(KEY.publicKey);
  return lab.holding(
    ...lab.locked(p2sh(hash160(redeem)), place => ({
      scriptSig: concatBytes(pushData(signLegacy(place, redeem)), pushData(redeem)),
    })),
  );
});
topic.rejects('a signature does not cover the output script', EVAL_FALSE, lab => {
  const redeem = p2pk(KEY.publicKey);
  const script = p2sh(hash160(redeem));
  return lab.holding(
    ...lab.locked(script, place => ({
      scriptSig: concatBytes(pushData(signLegacy(place, script)), pushData(redeem)),
    })),
  );
});
