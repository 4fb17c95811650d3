import { type Cursor, FormatError, varIntBytes } from './cursor.js';

/** An output as it lies in the chainstate and in undo data. */
export interface Output {
  /** Satoshis. */
  readonly value: bigint;
  readonly script: Uint8Array;
}

/** The field over which secp256k1 is y² = x³ + 7. */
const FIELD = 2n ** 256n - 2n ** 32n - 977n;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base % FIELD, exponent]; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) result = (result * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return result;
}

/** A key is met several times, as a coin, as undo data and when it is written again. */
const roots = new Map<bigint, bigint>();

/** y of the point with this x and parity of y; undefined when x is on no point. The field's size is 3 modulo 4. */
export function curveY(x: bigint, odd: boolean): bigint | undefined {
  if (x >= FIELD) return undefined;
  let root = roots.get(x);
  if (root === undefined) {
    root = power((x * x * x + 7n) % FIELD, (FIELD + 1n) / 4n);
    roots.set(x, root);
  }
  if ((root * root - x * x * x - 7n) % FIELD !== 0n) return undefined;
  return (root % 2n === 1n) === odd ? root : FIELD - root;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toBytes32(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** Trailing zeros apart, up to nine; then the last digit that is not zero, which has nine values. */
export function readAmount(cursor: Cursor): bigint {
  const coded = cursor.varInt();
  if (coded === 0n) return 0n;
  const zeros = (coded - 1n) % 10n;
  const rest = (coded - 1n) / 10n;
  const digits = zeros === 9n ? rest + 1n : (rest / 9n) * 10n + (rest % 9n) + 1n;
  return digits * 10n ** zeros;
}

function amountBytes(value: bigint): number[] {
  if (value === 0n) return varIntBytes(0n);
  const text = value.toString();
  const zeros = Math.min(9, text.length - text.replace(/0+$/, '').length);
  const rest = value / 10n ** BigInt(zeros);
  if (zeros === 9) return varIntBytes((rest - 1n) * 10n + 10n);
  return varIntBytes(((rest / 10n) * 9n + (rest % 10n) - 1n) * 10n + BigInt(zeros) + 1n);
}

const PUSH_20 = 20;
const PUSH_33 = 33;
const PUSH_65 = 65;
const CHECKSIG = 0xac;
const P2PKH_HEAD = [0x76, 0xa9, PUSH_20];
const P2PKH_TAIL = [0x88, CHECKSIG];
const P2SH_HEAD = [0xa9, PUSH_20];
const P2SH_TAIL = [0x87];
/** Numbers below this are templates. */
const TEMPLATES = 6;
/** What cannot be spent for its size is read as an output that says so. */
const LONGEST_SCRIPT = 10_000;

/** A script of a template, or whole behind its length. */
export function readScript(cursor: Cursor): Uint8Array {
  const code = cursor.varNumber();
  if (code >= TEMPLATES) {
    const script = cursor.take(code - TEMPLATES);
    return script.length > LONGEST_SCRIPT ? Uint8Array.of(0x6a) : script;
  }
  if (code === 0) return Uint8Array.from([...P2PKH_HEAD, ...cursor.take(20), ...P2PKH_TAIL]);
  if (code === 1) return Uint8Array.from([...P2SH_HEAD, ...cursor.take(20), ...P2SH_TAIL]);
  const x = cursor.take(32);
  if (code < 4) return Uint8Array.from([PUSH_33, code, ...x, CHECKSIG]);
  const y = curveY(toNumber(x), code === 5);
  if (y === undefined) throw new FormatError('a compressed key is not on the curve');
  return Uint8Array.from([PUSH_65, 4, ...x, ...toBytes32(y), CHECKSIG]);
}

function matches(script: Uint8Array, head: readonly number[], length: number, tail: readonly number[]) {
  return (
    script.length === head.length + length + tail.length &&
    head.every((byte, i) => script[i] === byte) &&
    tail.every((byte, i) => script[head.length + length + i] === byte)
  );
}

function scriptBytes(script: Uint8Array): number[] {
  if (matches(script, P2PKH_HEAD, 20, P2PKH_TAIL)) return [0, ...script.subarray(3, 23)];
  if (matches(script, P2SH_HEAD, 20, P2SH_TAIL)) return [1, ...script.subarray(2, 22)];
  for (const sign of [2, 3])
    if (matches(script, [PUSH_33, sign], 32, [CHECKSIG])) return [sign, ...script.subarray(2, 34)];
  if (matches(script, [PUSH_65, 4], 64, [CHECKSIG])) {
    const [x, y] = [toNumber(script.subarray(2, 34)), toNumber(script.subarray(34, 66))];
    if (curveY(x, y % 2n === 1n) === y) return [y % 2n === 1n ? 5 : 4, ...script.subarray(2, 34)];
  }
  return [...varIntBytes(BigInt(script.length + TEMPLATES)), ...script];
}

export function readOutput(cursor: Cursor): Output {
  return { value: readAmount(cursor), script: readScript(cursor) };
}

/** The only bytes that Core writes for an output: amount and script, each in its compressed form. */
export function outputBytes({ value, script }: Output): number[] {
  return [...amountBytes(value), ...scriptBytes(script)];
}
