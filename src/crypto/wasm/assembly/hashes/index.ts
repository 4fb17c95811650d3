import { ripemd160 } from './ripemd160';
import { hashMessage, RESULT_SIZE } from './sha256';

/**
 * What JavaScript calls: hashes of one short message, of at most 503 bytes, which lies at {@link input} and does not stay there.
 * The hash is found at {@link output}.
 */
const INPUT = memory.data(512, 16);
const OUTPUT = memory.data(32, 16);

export function input(): usize {
  return INPUT;
}

export function output(): usize {
  return OUTPUT;
}

/** 32 bytes. */
export function sha256(length: u32): void {
  hashMessage(INPUT, length, OUTPUT);
}

/** SHA-256 of SHA-256, 32 bytes. */
export function sha256d(length: u32): void {
  hashMessage(INPUT, length, INPUT);
  hashMessage(INPUT, RESULT_SIZE, OUTPUT);
}

/** RIPEMD-160 of SHA-256, 20 bytes. */
export function hash160(length: u32): void {
  hashMessage(INPUT, length, INPUT);
  ripemd160(INPUT, OUTPUT);
}
