import { compress, initialState, midstate, readWords, SHA256_BLOCK_SIZE } from './sha256-compress.js';

const HEADER_SIZE = 80;
/** Place of the nonce among the words of the header's second block. */
const NONCE_WORD = 3;
const NONCE_COUNT = 2 ** 32;

/**
 * Looks for a nonce with which a header's double SHA-256, read as a little-endian number, is at most the target.
 * The first 64 bytes are hashed once; a nonce then costs two compressions and one comparison in nearly all cases.
 */
export class HeaderScanner {
  private readonly midstate: Int32Array;
  private readonly tail: Int32Array;
  /** Target as little-endian 32-bit words, the most significant last. */
  private readonly target: Uint32Array;
  private readonly initial = initialState();
  private readonly state = new Int32Array(8);
  /** The first hash as a block of its own: 8 words of hash, end mark, length. */
  private readonly inner = new Int32Array(16);

  /** @param target 32 bytes little-endian, as hashes are. */
  constructor(header: Uint8Array, target: Uint8Array) {
    this.midstate = midstate(header.subarray(0, SHA256_BLOCK_SIZE));
    this.tail = new Int32Array(16);
    this.tail.set(readWords(header.subarray(SHA256_BLOCK_SIZE), NONCE_WORD));
    this.tail[4] = 0x80000000;
    this.tail[15] = HEADER_SIZE * 8;
    this.inner[8] = 0x80000000;
    this.inner[15] = 32 * 8;
    const view = new DataView(target.buffer, target.byteOffset, 32);
    this.target = Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
  }

  /** The first nonce from `start` that meets the target, or −1 after `count` nonces or at the end of 32 bits. */
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

/**
 * The first of `count` nonces from `startNonce` with which the 80-byte header meets `target` (32 bytes little-endian),
 * or −1. The nonce in `header` is ignored.
 */
export function scanNonces(
  header: Uint8Array,
  startNonce: number,
  count: number,
  target: Uint8Array,
): number {
  return new HeaderScanner(header, target).scan(startNonce, count);
}

/** Copies 8 words; a loop because `set` costs 40 ns a call. */
function copyState(to: Int32Array, from: Int32Array): void {
  for (let i = 0; i < 8; i++) to[i] = from[i] as number;
}

/** The 32-bit word with its bytes in the other order, unsigned. */
function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
