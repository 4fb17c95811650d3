/** Which word of the message each step takes, and by how much it rotates: 80 steps of the left line, then of the right one. */
const WORDS = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
  3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
  4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13, 5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
  6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2, 15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
  8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14, 12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
]);
const TURNS = memory.data<u8>([
  11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13,
  12, 11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6,
  5, 12, 9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6, 8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14,
  14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11, 9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14,
  13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8, 8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6,
  5, 15, 13, 11, 11,
]);
/** What each round of 16 steps adds: of the left line, then of the right one. */
const ADDENDS = memory.data<u32>([
  0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e, 0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9,
  0x00000000,
]);

const ROUNDS: u32 = 5;
const STEPS: u32 = 80;

const H0: u32 = 0x67452301;
const H1: u32 = 0xefcdab89;
const H2: u32 = 0x98badcfe;
const H3: u32 = 0x10325476;
const H4: u32 = 0xc3d2e1f0;

const BLOCK = memory.data(64, 16);
/** Where a line leaves its five words. */
const LEFT = memory.data(20, 16);
const RIGHT = memory.data(20, 16);

/** RIPEMD-160 of the 32 bytes at `message`, to `result`. */
export function ripemd160(message: usize, result: usize): void {
  memory.copy(BLOCK, message, 32);
  memory.fill(BLOCK + 32, 0, 32);
  store<u8>(BLOCK + 32, 0x80);
  // The length in bits, least significant byte first.
  store<u32>(BLOCK + 56, 256);
  runLine(0, LEFT);
  runLine(1, RIGHT);
  store<u32>(result, H1 + load<u32>(LEFT, 8) + load<u32>(RIGHT, 12));
  store<u32>(result + 4, H2 + load<u32>(LEFT, 12) + load<u32>(RIGHT, 16));
  store<u32>(result + 8, H3 + load<u32>(LEFT, 16) + load<u32>(RIGHT, 0));
  store<u32>(result + 12, H4 + load<u32>(LEFT, 0) + load<u32>(RIGHT, 4));
  store<u32>(result + 16, H0 + load<u32>(LEFT, 4) + load<u32>(RIGHT, 8));
}

/** @param line 0 for the left one, 1 for the right one, which has the functions of the rounds the other way round */
function runLine(line: u32, words: usize): void {
  let a = H0;
  let b = H1;
  let c = H2;
  let d = H3;
  let e = H4;
  let step = line * STEPS;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const addend = load<u32>(ADDENDS + ((line * ROUNDS + round) << 2));
    const kind = line === 0 ? round : ROUNDS - 1 - round;
    for (let i = 0; i < 16; i++, step++) {
      const word = load<u32>(BLOCK + ((<usize>load<u8>(WORDS + step)) << 2));
      const sum = a + mix(kind, b, c, d) + word + addend;
      const next = rotl<u32>(sum, load<u8>(TURNS + step)) + e;
      a = e;
      e = d;
      d = rotl<u32>(c, 10);
      c = b;
      b = next;
    }
  }
  store<u32>(words, a);
  store<u32>(words + 4, b);
  store<u32>(words + 8, c);
  store<u32>(words + 12, d);
  store<u32>(words + 16, e);
}

/** The function of three words that a round of this kind uses. */
function mix(kind: u32, x: u32, y: u32, z: u32): u32 {
  if (kind === 0) return x ^ y ^ z;
  if (kind === 1) return (x & y) | (~x & z);
  if (kind === 2) return (x | ~y) ^ z;
  if (kind === 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}
