/** Core hides stored bytes from virus scanners under a repeated key of this length. */
export const XOR_KEY_SIZE = 8;

/** The key that changes nothing. */
export const NO_XOR: Uint8Array = new Uint8Array(XOR_KEY_SIZE);

export function isNoXor(key: Uint8Array): boolean {
  return key.every(byte => byte === 0);
}

/** Below this many bytes setting up word access costs more than it saves. */
const MIN_WORDS_LENGTH = 64;

/** XORs `bytes` in place with the 8-byte `key`; the first byte meets key byte `offset` modulo 8. */
export function xorInPlace(bytes: Uint8Array, key: Uint8Array, offset = 0): void {
  const length = bytes.length;
  let at = 0;
  if (length >= MIN_WORDS_LENGTH) {
    const lead = (4 - (bytes.byteOffset & 3)) & 3;
    at = xorBytes(bytes, key, offset, 0, lead);
    at = xorWords(bytes, key, offset, at);
  }
  xorBytes(bytes, key, offset, at, length);
}

function xorBytes(bytes: Uint8Array, key: Uint8Array, offset: number, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    bytes[i] = (bytes[i] as number) ^ (key[(offset + i) & 7] as number);
  }
  return end;
}

/** XORs as many whole pairs of 32-bit words as there are from `start`, which is aligned; returns where they end. */
function xorWords(bytes: Uint8Array, key: Uint8Array, offset: number, start: number): number {
  const turned = Uint8Array.from({ length: XOR_KEY_SIZE }, (_, i) => key[(offset + start + i) & 7] as number);
  const [first = 0, second = 0] = new Uint32Array(turned.buffer);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, ((bytes.length - start) >> 3) * 2);
  for (let i = 0; i < words.length; i += 2) {
    words[i] = (words[i] as number) ^ first;
    words[i + 1] = (words[i + 1] as number) ^ second;
  }
  return start + words.length * 4;
}
