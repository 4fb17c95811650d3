import type { NonceScanner } from './backend.js';
import { compress, initialState, midstate } from './compress.js';
import { BLOCK_SIZE, BLOCK_WORDS, STATE_WORDS } from './constants.js';
import { headerTail, NONCE_COUNT, NONCE_WORD } from './header-words.js';
import { SECOND_BLOCK } from './second-block.js';

/**
 * The search in plain JavaScript: 2 million hashes a second. The first 64 bytes are hashed once; a nonce then costs two
 * compressions and one comparison in nearly all cases.
 */
export class ScalarScanner implements NonceScanner {
  readonly slice = 16_384;
  private readonly midstate: Int32Array;
  private readonly tail: Int32Array;
  /** Target as little-endian 32-bit words, the most significant last. */
  private readonly target: Uint32Array;
  private readonly initial = initialState();
  private readonly state = new Int32Array(STATE_WORDS);
  /** The first hash as a block of its own. */
  private readonly inner = blockOf(SECOND_BLOCK);

  /**
   * @param header 80 bytes; the nonce in it does not matter
   * @param target 32 bytes little-endian, as hashes are
   */
  constructor(header: Uint8Array, target: Uint8Array) {
    this.midstate = midstate(header.subarray(0, BLOCK_SIZE));
    this.tail = blockOf(headerTail(header));
    const view = new DataView(target.buffer, target.byteOffset, 32);
    this.target = Uint32Array.from({ length: STATE_WORDS }, (_, i) => view.getUint32(4 * i, true));
  }

  scan(start: number, count: number): number {
    const end = Math.min(start + count, NONCE_COUNT);
    const limit = this.target[7] as number;
    for (let nonce = start; nonce < end; nonce++) {
      this.hash(nonce);
      if (swapBytes(this.state[7] as number) <= limit && this.meetsTarget()) return nonce;
    }
    return -1;
  }

  private hash(nonce: number): void {
    const { state, inner, tail } = this;
    tail[NONCE_WORD] = swapBytes(nonce);
    copyState(inner, this.midstate);
    compress(inner, tail);
    copyState(state, this.initial);
    compress(state, inner);
  }

  private meetsTarget(): boolean {
    for (let i = 7; i >= 0; i--) {
      const word = swapBytes(this.state[i] as number);
      const limit = this.target[i] as number;
      if (word !== limit) return word < limit;
    }
    return true;
  }
}

/** The words of a block, with zeros for those that are filled in later. */
function blockOf(words: readonly (number | undefined)[]): Int32Array {
  return Int32Array.from({ length: BLOCK_WORDS }, (_, i) => words[i] ?? 0);
}

/** Copies 8 words; a loop because `set` costs 40 ns a call. */
function copyState(to: Int32Array, from: Int32Array): void {
  for (let i = 0; i < 8; i++) to[i] = from[i] as number;
}

/** The 32-bit word with its bytes in the other order, unsigned. */
function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
