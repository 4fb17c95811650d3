/** Bytes of a hash. */
export const RESULT_SIZE: u32 = 32;

const BLOCK_SIZE: u32 = 64;
/** Of the length in bits behind a message, most significant byte first. */
const LENGTH_SIZE: u32 = 8;
const ROUNDS: u32 = 64;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** The square roots of the first eight primes, in the same way: the state before the first block. */
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const STATE = memory.data(32, 16);
/** Message schedule of the block at hand. */
const W = memory.data(256, 16);

/**
 * SHA-256 of `length` bytes at `message`, behind which there is room for the padding, to `result`, which may be the same place.
 */
export function hashMessage(message: usize, length: u32, result: usize): void {
  const end = pad(message, length);
  memory.copy(STATE, INITIAL, RESULT_SIZE);
  for (let block = message; block < end; block += BLOCK_SIZE) compress(block);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(result + i, bswap<u32>(load<u32>(STATE + i)));
}

/** Ends the message as the standard says. @returns the end of its last block */
function pad(message: usize, length: u32): usize {
  const blocks = (length + LENGTH_SIZE) / BLOCK_SIZE + 1;
  const end = message + blocks * BLOCK_SIZE;
  const from = message + length;
  memory.fill(from, 0, end - from);
  store<u8>(from, 0x80);
  store<u32>(end - 4, bswap<u32>(length << 3));
  return end;
}

function compress(block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(W + i, bswap<u32>(load<u32>(block + i)));
  for (let at = W + 64; at < W + ROUNDS * 4; at += 4) {
    const early = load<u32>(at - 60);
    const late = load<u32>(at - 8);
    const low = rotr<u32>(early, 7) ^ rotr<u32>(early, 18) ^ (early >> 3);
    const high = rotr<u32>(late, 17) ^ rotr<u32>(late, 19) ^ (late >> 10);
    store<u32>(at, load<u32>(at - 64) + low + load<u32>(at - 28) + high);
  }
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let i: usize = 0; i < ROUNDS * 4; i += 4) {
    const choice = g ^ (e & (f ^ g));
    const rotatedE = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const first = h + rotatedE + choice + load<u32>(K + i) + load<u32>(W + i);
    const majority = (a & b) | (c & (a | b));
    const second = (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  addTo(STATE, a);
  addTo(STATE + 4, b);
  addTo(STATE + 8, c);
  addTo(STATE + 12, d);
  addTo(STATE + 16, e);
  addTo(STATE + 20, f);
  addTo(STATE + 24, g);
  addTo(STATE + 28, h);
}

function addTo(word: usize, value: u32): void {
  store<u32>(word, load<u32>(word) + value);
}
