import { concatBytes } from '../../src/primitives/bytes.js';
import { pushData } from '../../src/script/build.js';
import { MAX_ELEMENT_SIZE } from './constants.js';

const OP_TRUE = 0x51;
const OP_NOP = 0x61;
const OP_DROP = 0x75;

/** A script of `size` bytes that is true and does little: it drops what it pushes, in pieces as long as may be. */
export function longScript(size: number): Uint8Array {
  const piece = concatBytes(pushData(new Uint8Array(MAX_ELEMENT_SIZE)), Uint8Array.of(OP_DROP));
  const pieces = Math.floor((size - 1) / piece.length);
  const rest = new Uint8Array(size - 1 - pieces * piece.length).fill(OP_NOP);
  return concatBytes(...Array.from({ length: pieces }, () => piece), rest, Uint8Array.of(OP_TRUE));
}
