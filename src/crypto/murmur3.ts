/** MurmurHash3 (x86, 32 bits) of `data`, unsigned: the hash of Bloom filters (BIP37). */
export function murmur3(seed: number, data: Uint8Array): number {
  let hash = seed | 0;
  const whole = data.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(readTail(data, i, 4));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (whole < data.length) hash ^= scramble(readTail(data, whole, data.length - whole));
  return finish(hash ^ data.length);
}

function readTail(data: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word |= (data[at + i] as number) << (8 * i);
  return word;
}

function scramble(word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
