import { curve } from '../../crypto/curve.js';
import { EMPTY_BYTES } from '../../primitives/bytes.js';
import { DecodeError, type Reader } from '../../primitives/codec.js';
import { MAX_SCRIPT_SIZE } from '../../script/limits.js';
import { Op } from '../../script/opcodes.js';
import { putVarInt, readVarInt } from './varint.js';

/**
 * Core's script compression. A first number below 6 names a template and is followed by its hash or x coordinate:
 * 0 P2PKH, 1 P2SH, 2 and 3 P2PK of a compressed key, 4 and 5 P2PK of an uncompressed key with even or odd y. Any other
 * script is its length plus 6, then its bytes.
 */
const SPECIAL_SCRIPTS = 6;

const HASH_SIZE = 20;
const X_SIZE = 32;
const P2PKH_SIZE = 25;
const P2SH_SIZE = 23;
const P2PK_SIZE = 35;
const P2PK_UNCOMPRESSED_SIZE = 67;

/** Scripts that are too long to be spent are not worth their bytes: this one stands for them, as in Core. */
export const UNSPENDABLE_SCRIPT = Uint8Array.of(Op.OP_RETURN);

/**
 * How keys of 65 bytes are written: `point` drops their y, which costs a square root when read back; `raw` keeps them as
 * an ordinary script. Both forms are read by everybody.
 */
export type KeyForm = 'point' | 'raw';

function isP2pkh(script: Uint8Array): boolean {
  return (
    script.length === P2PKH_SIZE &&
    script[0] === Op.OP_DUP &&
    script[1] === Op.OP_HASH160 &&
    script[2] === HASH_SIZE &&
    script[23] === Op.OP_EQUALVERIFY &&
    script[24] === Op.OP_CHECKSIG
  );
}

function isP2sh(script: Uint8Array): boolean {
  return (
    script.length === P2SH_SIZE &&
    script[0] === Op.OP_HASH160 &&
    script[1] === HASH_SIZE &&
    script[22] === Op.OP_EQUAL
  );
}

function isP2pk(script: Uint8Array): boolean {
  return (
    script.length === P2PK_SIZE &&
    script[0] === 33 &&
    (script[1] === 2 || script[1] === 3) &&
    script[34] === Op.OP_CHECKSIG
  );
}

/** P2PK of a 65-byte key, by form; only a point of the curve can be had back from x and the parity of y. */
function isP2pkUncompressed(script: Uint8Array): boolean {
  return (
    script.length === P2PK_UNCOMPRESSED_SIZE &&
    script[0] === 65 &&
    script[1] === 4 &&
    script[66] === Op.OP_CHECKSIG
  );
}

/** Number of the template that `script` is written as, or undefined. */
function templateOf(script: Uint8Array, keys: KeyForm): number | undefined {
  switch (script.length) {
    case P2PKH_SIZE:
      return isP2pkh(script) ? 0 : undefined;
    case P2SH_SIZE:
      return isP2sh(script) ? 1 : undefined;
    case P2PK_SIZE:
      return isP2pk(script) ? script[1] : undefined;
    case P2PK_UNCOMPRESSED_SIZE:
      if (keys === 'raw' || !isP2pkUncompressed(script) || !curve.isPublicKey(script.subarray(1, 66))) {
        return undefined;
      }
      return 4 | ((script[65] as number) & 1);
    default:
      return undefined;
  }
}

/** Most bytes of the number before a script. */
const MAX_LENGTH_SIZE = 5;

/** Most bytes that a script can take compressed. */
export function maxCompressedScriptSize(script: Uint8Array): number {
  return MAX_LENGTH_SIZE + script.length;
}

/** Writes a script compressed at `at` and returns where it ends; `target` has {@link maxCompressedScriptSize} left. */
export function putCompressedScript(
  target: Uint8Array,
  at: number,
  script: Uint8Array,
  keys: KeyForm = 'point',
): number {
  const template = templateOf(script, keys);
  if (template === undefined) {
    const start = putVarInt(target, at, script.length + SPECIAL_SCRIPTS);
    target.set(script, start);
    return start + script.length;
  }
  target[at] = template;
  const start = template === 0 ? 3 : 2;
  const length = templateLength(template);
  target.set(script.subarray(start, start + length), at + 1);
  return at + 1 + length;
}

/** Bytes that the next compressed script takes after its first number, which is not read. */
export function peekScriptLength(reader: Reader): number {
  const start = reader.position;
  const code = readVarInt(reader, 0xffffffff);
  reader.position = start;
  return code < SPECIAL_SCRIPTS ? templateLength(code) : code - SPECIAL_SCRIPTS;
}

function templateLength(template: number): number {
  return template < 2 ? HASH_SIZE : X_SIZE;
}

/**
 * Reads a script that was written compressed. The bytes are a copy.
 *
 * @throws DecodeError when it is cut short
 */
export function readCompressedScript(reader: Reader): Uint8Array {
  const code = readVarInt(reader, 0xffffffff);
  if (code < SPECIAL_SCRIPTS) return expandTemplate(code, reader.take(templateLength(code)));
  const length = code - SPECIAL_SCRIPTS;
  const bytes = reader.take(length);
  if (length > MAX_SCRIPT_SIZE) return UNSPENDABLE_SCRIPT;
  return Buffer.from(bytes);
}

function expandTemplate(template: number, data: Uint8Array): Uint8Array {
  switch (template) {
    case 0: {
      const script = Buffer.allocUnsafe(P2PKH_SIZE);
      script[0] = Op.OP_DUP;
      script[1] = Op.OP_HASH160;
      script[2] = HASH_SIZE;
      script.set(data, 3);
      script[23] = Op.OP_EQUALVERIFY;
      script[24] = Op.OP_CHECKSIG;
      return script;
    }
    case 1: {
      const script = Buffer.allocUnsafe(P2SH_SIZE);
      script[0] = Op.OP_HASH160;
      script[1] = HASH_SIZE;
      script.set(data, 2);
      script[22] = Op.OP_EQUAL;
      return script;
    }
    case 2:
    case 3:
      return payToKey(Buffer.concat([Uint8Array.of(template), data]));
    case 4:
    case 5: {
      const key = curve.convertPublicKey(Buffer.concat([Uint8Array.of(template - 2), data]), false);
      // Core leaves the script empty when x is not on the curve; only damaged data can have that.
      return key === undefined ? EMPTY_BYTES : payToKey(key);
    }
    default:
      throw new DecodeError('unknown script template');
  }
}

function payToKey(key: Uint8Array): Uint8Array {
  const script = Buffer.allocUnsafe(key.length + 2);
  script[0] = key.length;
  script.set(key, 1);
  script[key.length + 1] = Op.OP_CHECKSIG;
  return script;
}
