const BLOCK_SIZE = 64;

/**
 * The first `length` bytes of ChaCha20's keystream (RFC 8439) for a 32-byte key, a 12-byte nonce and the 32-bit number
 * of the first block.
 */
export function chacha20Keystream(
  key: Uint8Array,
  nonce: Uint8Array,
  firstBlock: number,
  length: number,
): Uint8Array {
  const input = new Uint32Array([
    0x61707865,
    0x3320646e,
    0x79622d32,
    0x6b206574,
    ...words(key),
    firstBlock,
    ...words(nonce),
  ]);
  const blocks = Math.ceil(length / BLOCK_SIZE);
  const stream = new Uint8Array(blocks * BLOCK_SIZE);
  const view = new DataView(stream.buffer);
  const state = new Uint32Array(16);
  for (let block = 0; block < blocks; block++) {
    state.set(input);
    for (let i = 0; i < 10; i++) doubleRound(state);
    for (let i = 0; i < 16; i++) {
      view.setUint32(block * BLOCK_SIZE + 4 * i, (state[i] as number) + (input[i] as number), true);
    }
    input[12] = (input[12] as number) + 1;
  }
  return stream.subarray(0, length);
}

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}

/** One round down the columns of the 4×4 state, one along its diagonals. */
function doubleRound(state: Uint32Array): void {
  quarterRound(state, 0, 4, 8, 12);
  quarterRound(state, 1, 5, 9, 13);
  quarterRound(state, 2, 6, 10, 14);
  quarterRound(state, 3, 7, 11, 15);
  quarterRound(state, 0, 5, 10, 15);
  quarterRound(state, 1, 6, 11, 12);
  quarterRound(state, 2, 7, 8, 13);
  quarterRound(state, 3, 4, 9, 14);
}

function quarterRound(state: Uint32Array, ia: number, ib: number, ic: number, id: number): void {
  let a = state[ia] as number;
  let b = state[ib] as number;
  let c = state[ic] as number;
  let d = state[id] as number;
  a = (a + b) | 0;
  d = rotate(d ^ a, 16);
  c = (c + d) | 0;
  b = rotate(b ^ c, 12);
  a = (a + b) | 0;
  d = rotate(d ^ a, 8);
  c = (c + d) | 0;
  b = rotate(b ^ c, 7);
  state[ia] = a;
  state[ib] = b;
  state[ic] = c;
  state[id] = d;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
