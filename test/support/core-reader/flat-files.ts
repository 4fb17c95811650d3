import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cursor, FormatError } from './cursor.js';
import { doubleSha256 } from './hashing.js';

/** A piece of a blk or rev file. */
export interface FlatRecord {
  readonly file: number;
  /** Where the data start, behind magic and size, as the block index has it. */
  readonly pos: number;
  readonly data: Uint8Array;
  /** Of rev files. */
  readonly checksum: Uint8Array;
}

export interface FlatFile {
  readonly number: number;
  readonly size: number;
  /** Where the last record ends. */
  readonly used: number;
  readonly records: readonly FlatRecord[];
  /** The bytes after the last record, as they are on the disk. */
  readonly tail: Uint8Array;
}

export const MAGIC = { main: 'f9beb4d9', regtest: 'fabfb5da' } as const;

/** Key of `xor.dat`: eight bytes. */
export function readXorKey(blocksDir: string): Uint8Array {
  const key = readFileSync(join(blocksDir, 'xor.dat'));
  if (key.length !== 8) throw new FormatError('xor.dat has not 8 bytes');
  return key;
}

export function xor(bytes: Uint8Array, key: Uint8Array, offset = 0): Uint8Array {
  return bytes.map((byte, i) => byte ^ (key[(offset + i) % key.length] ?? 0));
}

/**
 * All files of one kind, read from the first byte to the last: records one after the other, then what was allocated
 * and not written. `checksums`: each record is followed by 32 bytes (rev files).
 */
export function readFlatFiles(blocksDir: string, prefix: 'blk' | 'rev', magic: string): FlatFile[] {
  const key = readXorKey(blocksDir);
  const names = readdirSync(blocksDir).filter(name => name.startsWith(prefix));
  return names.sort().map(name => {
    const digits = /^...(\d{5})\.dat$/.exec(name)?.[1];
    if (digits === undefined) throw new FormatError(`no name of a block file: ${name}`);
    const stored = readFileSync(join(blocksDir, name));
    return readFlatFile(stored, Number(digits), key, magic, prefix === 'rev' ? 32 : 0);
  });
}

function readFlatFile(
  stored: Uint8Array,
  number: number,
  key: Uint8Array,
  magic: string,
  checksumSize: number,
): FlatFile {
  const plain = new Cursor(xor(stored, key));
  const records: FlatRecord[] = [];
  // Allocated bytes are zero as stored, whatever the key.
  while (plain.left > 0 && stored.subarray(plain.at, plain.at + 8).some(byte => byte !== 0)) {
    const start = plain.at;
    if (Buffer.from(plain.take(4)).toString('hex') !== magic)
      throw new FormatError(`no magic at ${start} of file ${number}`);
    const size = plain.u32();
    records.push({ file: number, pos: plain.at, data: plain.take(size), checksum: plain.take(checksumSize) });
  }
  return { number, size: stored.length, used: plain.at, records, tail: stored.subarray(plain.at) };
}

/** Checksum of undo data: of the hash of the block before, then the data. */
export function undoChecksum(prevHash: string, data: Uint8Array): Uint8Array {
  return doubleSha256(Buffer.from(prevHash, 'hex').reverse(), data);
}
