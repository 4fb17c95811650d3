import { encodeDer, parseDerLax, uncompressPublicKey } from '../../../src/crypto/ecdsa.js';
import { signEcdsa } from '../../../src/crypto/keys.js';
import { bytesToNumber, CURVE_ORDER, numberToBytes32 } from '../../../src/crypto/scalar.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { pushData } from '../../../src/script/build.js';
import { multisig, p2pk } from '../../../src/script/templates.js';
import { testKey } from '../../support/script-keys.js';
import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { KEY, keyHashLock, OTHER_KEY, signLegacy, signWitness, witnessScriptLock } from '../locks.js';
import { type InputPlace, open, outputOf, payTo, spend, type Unlock } from '../transactions.js';
import { badScript, EVAL_FALSE, type Reason } from '../verdicts.js';

const topic = new Topic('signatures');
export const signatureCases = topic.cases;

const BAD_DER = badScript('Non-canonical DER signature');
const NULL_DUMMY = badScript('Dummy CHECKMULTISIG argument must be zero');

const OP_0 = Uint8Array.of(0);
const OP_1 = Uint8Array.of(0x51);
const NOT = Uint8Array.of(0x91);

const TO_KEY = p2pk(KEY.publicKey);

/** A signature of the key, changed by `change`, for an output of `script`. */
function signed(
  name: string,
  change: (signature: Uint8Array, place: InputPlace) => Uint8Array,
  why?: Reason,
  script = TO_KEY,
): void {
  const unlock: Unlock = place => ({ scriptSig: pushData(change(signLegacy(place, script), place)) });
  topic.judges(name, why, lab => lab.holding(...lab.locked(script, unlock)));
}

topic.accepts('a key hash and its key', lab => {
  const { script, unlock } = keyHashLock();
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects('a key hash and another key', badScript('Script failed an OP_EQUALVERIFY operation'), lab => {
  const { script } = keyHashLock();
  return lab.holding(
    ...lab.locked(script, place => ({
      scriptSig: concatBytes(
        pushData(signLegacy(place, script, { key: OTHER_KEY })),
        pushData(OTHER_KEY.publicKey),
      ),
    })),
  );
});
signed('a key and its signature', signature => signature);
signed(
  'the signature of another key',
  (_, place) => signLegacy(place, TO_KEY, { key: OTHER_KEY }),
  EVAL_FALSE,
);
signed(
  'a signature of another transaction',
  (_, { tx, ...place }) => signLegacy({ ...place, tx: { ...tx, lockTime: 1 } }, TO_KEY),
  EVAL_FALSE,
);
signed('no signature', () => new Uint8Array(0), EVAL_FALSE);
signed('no signature where none is wanted', () => new Uint8Array(0), undefined, concatBytes(TO_KEY, NOT));
signed(
  'a wrong signature where none is wanted',
  (_, place) => signLegacy(place, TO_KEY, { key: OTHER_KEY }),
  undefined,
  concatBytes(TO_KEY, NOT),
);

// BIP66.
const withoutType = (signature: Uint8Array) => signature.subarray(0, -1);
const typed = (der: Uint8Array) => concatBytes(der, Uint8Array.of(1));
signed('BIP66: only a hash type', () => Uint8Array.of(1), BAD_DER);
signed(
  'BIP66: a byte after the signature',
  signature => typed(concatBytes(withoutType(signature), OP_0)),
  BAD_DER,
);
signed('BIP66: another tag', signature => concatBytes(Uint8Array.of(0x31), signature.subarray(1)), BAD_DER);
signed(
  'BIP66: a wrong length',
  signature => {
    const changed = Buffer.from(signature);
    changed[1] = (changed[1] as number) + 1;
    return changed;
  },
  BAD_DER,
);
signed('BIP66: r with a zero too many', signature => typed(padded(withoutType(signature))), BAD_DER);
signed(
  'BIP66: such an encoding where no signature is wanted',
  () => Uint8Array.of(1),
  BAD_DER,
  concatBytes(TO_KEY, NOT),
);
signed(
  'BIP66: r that is negative',
  signature => {
    const changed = Buffer.from(signature);
    changed[4] = 0x80;
    return changed;
  },
  BAD_DER,
);

/** The same numbers, r with a zero byte in front. */
function padded(der: Uint8Array): Uint8Array {
  const length = der[3] as number;
  return concatBytes(Uint8Array.of(0x30, (der[1] as number) + 1, 2, length + 1, 0), der.subarray(4));
}

signed('a high s', signature => {
  const compact = defined(parseDerLax(withoutType(signature)), 'signature');
  const s = CURVE_ORDER - bytesToNumber(compact.subarray(32));
  return typed(encodeDer(concatBytes(compact.subarray(0, 32), numberToBytes32(s))));
});
signed('a hash type that does not exist', (_, place) => signLegacy(place, TO_KEY, { hashType: 0 }));
signed('another hash type that does not exist', (_, place) => signLegacy(place, TO_KEY, { hashType: 0x51 }));
signed(
  'a hash type other than the signed one',
  signature => concatBytes(withoutType(signature), Uint8Array.of(2)),
  EVAL_FALSE,
);

const uncompressed = testKey(1, false);
signed(
  'a key of 65 bytes',
  (_, place) => signLegacy(place, p2pk(uncompressed.publicKey)),
  undefined,
  p2pk(uncompressed.publicKey),
);
const hybrid = Buffer.from(defined(uncompressPublicKey(KEY.publicKey), 'key'));
hybrid[0] = 6 + ((hybrid[64] as number) & 1);
signed('a key in hybrid form', signature => signature, undefined, p2pk(hybrid));
const wrongHybrid = Buffer.from(hybrid);
wrongHybrid[0] = 6 + (((hybrid[64] as number) & 1) ^ 1);
signed('a key in hybrid form with the wrong parity', signature => signature, EVAL_FALSE, p2pk(wrongHybrid));
signed('a key that is no point', signature => signature, EVAL_FALSE, p2pk(Buffer.alloc(33, 5)));
topic.accepts('a key of no bytes, where no signature is wanted', lab =>
  lab.holding(...lab.locked(Uint8Array.of(0, 0, 0xac, 0x91))),
);

topic.rejects('CHECKSIGVERIFY that fails', badScript('Script failed an OP_CHECKSIGVERIFY operation'), lab => {
  const script = concatBytes(pushData(KEY.publicKey), Uint8Array.of(0xad), OP_1);
  return lab.holding(...lab.locked(script, { scriptSig: OP_0 }));
});

// A signature of SINGLE without an output of its index covers nothing but the number one.
topic.accepts('SINGLE without an output signs the number one', lab => {
  const [first, second] = [payTo(lab.coin(0), OP_1), payTo(lab.coin(1), TO_KEY)];
  const one = Buffer.alloc(32);
  one[0] = 1;
  const scriptSig = pushData(concatBytes(signEcdsa(KEY.secret, one), Uint8Array.of(3)));
  const inputs = [outputOf(first), { coin: outputOf(second), unlock: { scriptSig } }];
  return lab.holding(first, second, spend(inputs, [open(COIN)]));
});

const KEYS = [1, 2, 3].map(seed => testKey(seed));
const TWO_OF_THREE = multisig(
  2,
  KEYS.map(key => key.publicKey),
);

/** Spends a multisig of three with the signatures of those keys, in that order. */
function multi(
  name: string,
  order: readonly number[],
  why?: Reason,
  dummy = OP_0,
  script = TWO_OF_THREE,
): void {
  topic.judges(name, why, lab => {
    const unlock: Unlock = place => ({
      scriptSig: concatBytes(
        dummy,
        ...order.map(i => pushData(signLegacy(place, script, { key: defined(KEYS[i], 'key') }))),
      ),
    });
    return lab.holding(...lab.locked(script, unlock));
  });
}
multi('two of three: the first and the last', [0, 2]);
multi('two of three: the last two', [1, 2]);
multi('two of three in the wrong order', [2, 0], EVAL_FALSE);
multi('two of three: one twice', [1, 1], EVAL_FALSE);
multi(
  'two of three: one',
  [1],
  badScript('Operation not valid with the current stack size'),
  new Uint8Array(0),
);
multi('BIP147: a dummy of one', [0, 1], NULL_DUMMY, OP_1);
multi('BIP147: a dummy of a zero byte', [0, 1], NULL_DUMMY, Uint8Array.of(1, 0));
multi('BIP147: a dummy of one where the signatures are wrong', [1, 1], NULL_DUMMY, OP_1);
topic.rejects(
  'CHECKMULTISIGVERIFY that fails',
  badScript('Script failed an OP_CHECKMULTISIGVERIFY operation'),
  lab => {
    const script = concatBytes(TWO_OF_THREE.subarray(0, -1), Uint8Array.of(0xaf), OP_1);
    return lab.holding(...lab.locked(script, { scriptSig: Uint8Array.of(0, 0, 0) }));
  },
);
topic.accepts('two of three in a witness', lab => {
  const { script } = witnessScriptLock(TWO_OF_THREE);
  const unlock: Unlock = place => ({
    witness: [
      new Uint8Array(0),
      ...[0, 1].map(i => signWitness(place, TWO_OF_THREE, { key: defined(KEYS[i], 'key') })),
      TWO_OF_THREE,
    ],
  });
  return lab.holding(...lab.locked(script, unlock));
});
topic.rejects('BIP147: a dummy of a zero byte in a witness', NULL_DUMMY, lab => {
  const { script } = witnessScriptLock(TWO_OF_THREE);
  const unlock: Unlock = place => ({
    witness: [
      OP_0,
      ...[0, 1].map(i => signWitness(place, TWO_OF_THREE, { key: defined(KEYS[i], 'key') })),
      TWO_OF_THREE,
    ],
  });
  return lab.holding(...lab.locked(script, unlock));
});
