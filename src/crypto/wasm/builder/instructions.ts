import { type Bytes, signed, unsigned } from './bytes.js';

/**
 * The instructions of WebAssembly that our kernels are made of, as functions from operands to expressions. An expression
 * is written to the code wherever it is used, so what is needed twice is put into a local first; functions that use an
 * operand twice take a local for that reason.
 *
 * Numbers are of the WebAssembly specification 2.0, section "Index of Instructions".
 */

/** Types of values: a 32-bit integer, and 128 bits that are read as four lanes of 32 bits. */
export type ValueType = 'i32' | 'v128';

/** An expression: code that leaves one value on the stack. */
export interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: Bytes;
}

export type I32 = Value<'i32'>;
export type V128 = Value<'v128'>;

/** A local variable of a function; as an expression, what is in it. */
export interface Local<T extends ValueType> extends Value<T> {
  readonly index: number;
}

/** A statement: code that leaves nothing on the stack. */
export type Statement = Bytes;

/** What a load or store adds to its address, known when the code is made. */
export type Offset = number;

/** Logarithms of the alignment that an access promises; only hints, none of them must hold. */
const ALIGN_1 = 0;
const ALIGN_4 = 2;
const ALIGN_16 = 4;

const vectorOpcode = (number: number): Bytes => [0xfd, ...unsigned(number)];

const I32_LOAD = [0x28, ALIGN_4];
const I32_STORE = [0x36, ALIGN_4];
const I32_STORE_8 = [0x3a, ALIGN_1];
const I32_CONST = [0x41];
const I32_IS_ZERO = [0x45];
const I32_LESS_UNSIGNED = [0x49];
const I32_ADD = [0x6a];
const I32_AND = [0x71];

const LOAD = [...vectorOpcode(0x00), ALIGN_16];
const LOAD_SPLAT = [...vectorOpcode(0x09), ALIGN_4];
const STORE = [...vectorOpcode(0x0b), ALIGN_16];
const CONST = vectorOpcode(0x0c);
const SHUFFLE = vectorOpcode(0x0d);
const SPLAT = vectorOpcode(0x11);
const GREATER_SIGNED = vectorOpcode(0x3b);
const AT_MOST_UNSIGNED = vectorOpcode(0x3e);
const AND = vectorOpcode(0x4e);
const OR = vectorOpcode(0x50);
const XOR = vectorOpcode(0x51);
const ANY_BIT = vectorOpcode(0x53);
const SHIFT_LEFT = vectorOpcode(0xab);
const SHIFT_RIGHT_UNSIGNED = vectorOpcode(0xad);
const ADD = vectorOpcode(0xae);

const integer = (code: Bytes): I32 => ({ type: 'i32', code });
const vector = (code: Bytes): V128 => ({ type: 'v128', code });

// Integers of 32 bits.

export const i32 = (value: number): I32 => integer(I32_CONST.concat(signed(value | 0)));
export const i32Add = (a: I32, b: I32): I32 => integer(a.code.concat(b.code, I32_ADD));
export const i32And = (a: I32, b: I32): I32 => integer(a.code.concat(b.code, I32_AND));
/** 1 when `a` is zero, else 0. */
export const i32IsZero = (a: I32): I32 => integer(a.code.concat(I32_IS_ZERO));
/** 1 when `a` is less than `b`, both unsigned; else 0. */
export const i32Less = (a: I32, b: I32): I32 => integer(a.code.concat(b.code, I32_LESS_UNSIGNED));

export function i32Load(address: I32, offset: Offset = 0): I32 {
  return integer(address.code.concat(I32_LOAD, unsigned(offset)));
}

export function i32Store(address: I32, value: I32, offset: Offset = 0): Statement {
  return address.code.concat(value.code, I32_STORE, unsigned(offset));
}

/** Stores the lowest byte of `value`. */
export function i32Store8(address: I32, value: I32, offset: Offset = 0): Statement {
  return address.code.concat(value.code, I32_STORE_8, unsigned(offset));
}

// Vectors: four lanes that are added, shifted and compared each for itself.

export const add = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, ADD));
export const and = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, AND));
export const or = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, OR));
export const xor = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, XOR));
/** Lanes of ones where `a` is greater than `b`, both signed; else zeros. */
export const greater = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, GREATER_SIGNED));
/** Lanes of ones where `a` is at most `b`, both unsigned; else zeros. */
export const atMost = (a: V128, b: V128): V128 => vector(a.code.concat(b.code, AT_MOST_UNSIGNED));
/** 1 when any bit is set. */
export const anyBit = (a: V128): I32 => integer(a.code.concat(ANY_BIT));
/** The same integer in all lanes. */
export const splat = (a: I32): V128 => vector(a.code.concat(SPLAT));
/** 16 zero bytes. */
export const zeros = (): V128 => vector(CONST.concat(new Array<number>(16).fill(0)));

export function shiftLeft(a: V128, bits: number): V128 {
  return vector(a.code.concat(i32(bits).code, SHIFT_LEFT));
}

export function shiftRight(a: V128, bits: number): V128 {
  return vector(a.code.concat(i32(bits).code, SHIFT_RIGHT_UNSIGNED));
}

/** The 16 bytes of `a` and `b` that `bytes` names: 0 to 15 are of `a`, 16 to 31 of `b`. */
export function shuffle(a: V128, b: V128, bytes: readonly number[]): V128 {
  return vector(a.code.concat(b.code, SHUFFLE, bytes));
}

/** The four lanes of `a` and `b` that `lanes` names: 0 to 3 are of `a`, 4 to 7 of `b`. */
export function shuffleLanes(a: V128, b: V128, lanes: readonly number[]): V128 {
  return shuffle(
    a,
    b,
    lanes.flatMap(lane => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  );
}

export function load(address: I32, offset: Offset = 0): V128 {
  return vector(address.code.concat(LOAD, unsigned(offset)));
}

/** The integer at an address, in all lanes. */
export function loadSplat(address: I32, offset: Offset = 0): V128 {
  return vector(address.code.concat(LOAD_SPLAT, unsigned(offset)));
}

export function store(address: I32, value: V128, offset: Offset = 0): Statement {
  return address.code.concat(value.code, STORE, unsigned(offset));
}
