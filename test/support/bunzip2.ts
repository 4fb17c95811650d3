/*
 * bzip2, as far as reading needs it: some vectors come packed so, and Node has no reader for them. Checksums are not
 * looked at, since what is read is compared with known hashes.
 */

const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const SYMBOLS_PER_TABLE = 50;
/** Symbols that stand for runs of the first byte in the list, in base two with digits 1 and 2. */
const RUN_A = 0;
const RUN_B = 1;
/** Bytes of block per unit of the level in the file's head. */
const LEVEL_UNIT = 100_000;

class BitReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  bit(): number {
    const byte = this.bytes[this.at >> 3];
    if (byte === undefined) throw new Error('bzip2 data end too early');
    return (byte >> (7 - (this.at++ & 7))) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }
}

/** A code of which longer words come after shorter ones, and words of one length are in the order of symbols. */
class HuffmanTable {
  private readonly byWord = new Map<number, number>();

  constructor(lengths: readonly number[]) {
    let word = 0;
    for (let length = 1; length <= 20; length++) {
      for (const [symbol, own] of lengths.entries())
        if (own === length) this.byWord.set(length * 2 ** 20 + word++, symbol);
      word *= 2;
    }
  }

  read(bits: BitReader): number {
    let word = 0;
    for (let length = 1; length <= 20; length++) {
      word = word * 2 + bits.bit();
      const symbol = this.byWord.get(length * 2 ** 20 + word);
      if (symbol !== undefined) return symbol;
    }
    throw new Error('no such word in a bzip2 table');
  }
}

/** Unpacks a whole file. @throws Error when it is none */
export function bunzip2(packed: Uint8Array): Uint8Array {
  const bits = new BitReader(packed);
  if (bits.bits(24) !== 0x425a68) throw new Error('not bzip2');
  const blockSize = (bits.bits(8) - 0x30) * LEVEL_UNIT;
  const parts: Uint8Array[] = [];
  for (;;) {
    const magic = bits.bits(48);
    bits.bits(32);
    if (magic === END_MAGIC) return Buffer.concat(parts);
    if (magic !== BLOCK_MAGIC) throw new Error('no block of bzip2');
    parts.push(readBlock(bits, blockSize));
  }
}

function readBlock(bits: BitReader, blockSize: number): Uint8Array {
  if (bits.bit() === 1) throw new Error('randomised bzip2 is out of use');
  const origin = bits.bits(24);
  const used = readUsedBytes(bits);
  const tableCount = bits.bits(3);
  const selectors = readSelectors(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, used.length + 2));
  const mixed = readSymbols(bits, used, selectors, tables, blockSize);
  return expandRuns(unmix(mixed, origin));
}

function readUsedBytes(bits: BitReader): number[] {
  const groups = bits.bits(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue;
    const members = bits.bits(16);
    for (let i = 0; i < 16; i++) if (((members >> (15 - i)) & 1) === 1) used.push(group * 16 + i);
  }
  return used;
}

/** Which table each group of symbols is coded with, by its place in a list that moves what is used to the front. */
function readSelectors(bits: BitReader, tableCount: number): number[] {
  const count = bits.bits(15);
  const order = Array.from({ length: tableCount }, (_, i) => i);
  return Array.from({ length: count }, () => {
    let place = 0;
    while (bits.bit() === 1) place++;
    return moveToFront(order, place);
  });
}

function readTable(bits: BitReader, symbols: number): HuffmanTable {
  let length = bits.bits(5);
  const lengths = Array.from({ length: symbols }, () => {
    while (bits.bit() === 1) length += bits.bit() === 0 ? 1 : -1;
    return length;
  });
  return new HuffmanTable(lengths);
}

function readSymbols(
  bits: BitReader,
  used: readonly number[],
  selectors: readonly number[],
  tables: readonly HuffmanTable[],
  blockSize: number,
): Uint8Array {
  const order = [...used];
  const end = used.length + 1;
  const bytes = new Uint8Array(blockSize);
  let [size, run, weight] = [0, 0, 1];
  for (let count = 0; ; count++) {
    const table = tables[selectors[Math.floor(count / SYMBOLS_PER_TABLE)] ?? -1];
    if (table === undefined) throw new Error('bzip2 data without a table');
    const symbol = table.read(bits);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight * (symbol + 1);
      weight *= 2;
      continue;
    }
    bytes.fill(order[0] ?? 0, size, size + run);
    size += run;
    [run, weight] = [0, 1];
    if (symbol === end) return bytes.subarray(0, size);
    bytes[size++] = moveToFront(order, symbol - 1);
  }
}

function moveToFront(order: number[], place: number): number {
  const [value] = order.splice(place, 1);
  if (value === undefined) throw new Error('no such place in a bzip2 list');
  order.unshift(value);
  return value;
}

/** Takes the Burrows-Wheeler transform back. */
function unmix(mixed: Uint8Array, origin: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (const byte of mixed) starts[byte + 1] = (starts[byte + 1] as number) + 1;
  for (let byte = 1; byte <= 256; byte++)
    starts[byte] = (starts[byte] as number) + (starts[byte - 1] as number);
  const next = new Uint32Array(mixed.length);
  for (const [i, byte] of mixed.entries()) {
    next[starts[byte] as number] = i;
    starts[byte] = (starts[byte] as number) + 1;
  }
  let at = next[origin] as number;
  return mixed.map(() => {
    const byte = mixed[at] as number;
    at = next[at] as number;
    return byte;
  });
}

/** Four equal bytes are followed by how many more of them there are. */
function expandRuns(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let [start, equal] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    equal = i > start && bytes[i] === bytes[i - 1] ? equal + 1 : 1;
    if (equal < 4) continue;
    parts.push(bytes.subarray(start, i + 1), new Uint8Array(bytes[i + 1] ?? 0).fill(bytes[i] as number));
    start = i + 2;
    i++;
    equal = 0;
  }
  return Buffer.concat([...parts, bytes.subarray(start)]);
}
