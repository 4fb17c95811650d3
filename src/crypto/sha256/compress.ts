import { BLOCK_WORDS, INITIAL_STATE, ROUND_CONSTANTS, ROUNDS } from './constants.js';

/**
 * SHA-256's compression function in plain JavaScript, for what `node:crypto` cannot do: start from a midstate, and
 * hash millions of inputs that differ in a few bytes without an allocation for each.
 *
 * Written for V8: helpers small enough to be inlined, four rounds a turn so that the working words need not be moved
 * each round, and constant arrays of the module, whose bounds checks the compiler drops. About 300 ns a block; sixteen
 * rounds a turn exceed the inlining budget and take 900 ns.
 */

// Arrays of this module: the compiler drops the checks of theirs, not of imported ones.
const K = Int32Array.from(ROUND_CONSTANTS);

/** Message schedule of the block at hand: its 16 words, then 48 derived ones. */
const W = new Int32Array(ROUNDS);

/** The state before the first block, as a new array. */
export function initialState(): Int32Array {
  return new Int32Array(INITIAL_STATE);
}

/** State after the first 64 bytes of a message: what all messages with this beginning share. */
export function midstate(block64: Uint8Array): Int32Array {
  const state = initialState();
  compress(state, readWords(block64, BLOCK_WORDS));
  return state;
}

/** `count` big-endian words from the start of `bytes`. */
export function readWords(bytes: Uint8Array, count: number): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i));
}

/** Takes one block of 16 words into `state`. */
export function compress(state: Int32Array, block: Int32Array): void {
  for (let i = 0; i < 16; i++) W[i] = block[i] as number;
  expandSchedule();
  runRounds(state);
}

function bigSigma0(x: number): number {
  return ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));
}

function bigSigma1(x: number): number {
  return ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
}

export function smallSigma0(x: number): number {
  return ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
}

export function smallSigma1(x: number): number {
  return ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10);
}

function expandSchedule(): void {
  let even = W[14] as number;
  let odd = W[15] as number;
  for (let i = 16; i < 64; i += 2) {
    const between = W[i - 15] as number;
    even = ((W[i - 16] as number) + smallSigma0(between) + (W[i - 7] as number) + smallSigma1(even)) | 0;
    W[i] = even;
    odd = (between + smallSigma0(W[i - 14] as number) + (W[i - 6] as number) + smallSigma1(odd)) | 0;
    W[i + 1] = odd;
  }
}

function runRounds(state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  let t = 0;
  for (let i = 0; i < 64; i += 4) {
    t = (h + bigSigma1(e) + (g ^ (e & (f ^ g))) + (K[i] as number) + (W[i] as number)) | 0;
    d = (d + t) | 0;
    h = (t + bigSigma0(a) + ((a & b) | (c & (a | b)))) | 0;

    t = (g + bigSigma1(d) + (f ^ (d & (e ^ f))) + (K[i + 1] as number) + (W[i + 1] as number)) | 0;
    c = (c + t) | 0;
    g = (t + bigSigma0(h) + ((h & a) | (b & (h | a)))) | 0;

    t = (f + bigSigma1(c) + (e ^ (c & (d ^ e))) + (K[i + 2] as number) + (W[i + 2] as number)) | 0;
    b = (b + t) | 0;
    f = (t + bigSigma0(g) + ((g & h) | (a & (g | h)))) | 0;

    t = (e + bigSigma1(b) + (d ^ (b & (c ^ d))) + (K[i + 3] as number) + (W[i + 3] as number)) | 0;
    a = (a + t) | 0;
    e = (t + bigSigma0(f) + ((f & g) | (h & (f | g)))) | 0;

    // After four rounds each word stands four names away from its own.
    t = a;
    a = e;
    e = t;
    t = b;
    b = f;
    f = t;
    t = c;
    c = g;
    g = t;
    t = d;
    d = h;
    h = t;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}
