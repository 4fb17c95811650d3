import { type FileHandle, open } from 'node:fs/promises';
import { MAX_BLOCK_SERIALIZED_SIZE } from '../../consensus/limits.js';
import { asBuffer, EMPTY_BYTES } from '../../primitives/bytes.js';
import { HEADER_SIZE } from '../../primitives/header.js';
import { RECORD_HEADER_SIZE, type ScannedBlock } from './block-store.js';
import { toStoreError } from './store-error.js';

/** Largest block there can be (weight limit with nothing but witnesses); a larger size is not one of a record. */
const MAX_BLOCK_SIZE = MAX_BLOCK_SERIALIZED_SIZE;

/** Bytes read at once: two of the largest blocks. */
const WINDOW_SIZE = 2 * MAX_BLOCK_SIZE;

/** Reads up to `length` bytes from `at`; fewer only at the end of the file. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

/** Part of a file in memory. */
class Window {
  private start = 0;
  private bytes: Uint8Array = EMPTY_BYTES;

  constructor(private readonly read: ReadAt) {}

  get end(): number {
    return this.start + this.bytes.length;
  }

  /** Tries to have `length` bytes from `at`; false when the file ends before. */
  async cover(at: number, length: number): Promise<boolean> {
    if (at >= this.start && at + length <= this.end) return true;
    this.bytes = await this.read(at, Math.max(length, WINDOW_SIZE));
    this.start = at;
    return this.bytes.length >= length;
  }

  /** Position of the next `pattern` from `at` on within the window, or undefined. */
  find(pattern: Uint8Array, at: number): number | undefined {
    const found = asBuffer(this.bytes).indexOf(pattern, at - this.start);
    return found < 0 ? undefined : this.start + found;
  }

  u32(at: number): number {
    return asBuffer(this.bytes).readUInt32LE(at - this.start);
  }

  copy(at: number, length: number): Uint8Array {
    return Buffer.from(this.bytes.subarray(at - this.start, at - this.start + length));
  }
}

/**
 * Finds the block records of a file: the network's magic, a size that a block can have, and so many bytes. Anything else
 * is passed over, byte by byte (Core's LoadExternalBlockFile).
 */
export async function* scanBlocks(
  read: ReadAt,
  magic: Uint8Array,
): AsyncGenerator<ScannedBlock, void, undefined> {
  const window = new Window(read);
  let at = 0;
  while (await window.cover(at, RECORD_HEADER_SIZE)) {
    const found = window.find(magic, at);
    if (found === undefined) {
      at = window.end - magic.length + 1;
      continue;
    }
    at = found + 1;
    if (!(await window.cover(found, RECORD_HEADER_SIZE))) return;
    const size = window.u32(found + magic.length);
    if (size < HEADER_SIZE || size > MAX_BLOCK_SIZE) continue;
    const pos = found + RECORD_HEADER_SIZE;
    if (!(await window.cover(pos, size))) continue;
    let isBlock = true;
    const reject = () => {
      isBlock = false;
    };
    yield { bytes: window.copy(pos, size), pos, reject };
    if (isBlock) at = pos + size;
  }
}

/** A file in the form of block files, not hidden under a key, that is not one of ours (`-loadblock`). */
export interface ForeignBlockFile {
  /** Its records in the order in which they lie there. @throws StoreError when it cannot be read */
  scan(): AsyncGenerator<ScannedBlock, void, undefined>;
  close(): Promise<void>;
}

/** @throws StoreError when the file cannot be opened */
export async function openBlockFile(path: string, magic: Uint8Array): Promise<ForeignBlockFile> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw toStoreError(thrown, path, 'Unable to open file');
  });
  return {
    scan: () => scanBlocks((at, length) => readAt(file, path, at, length), magic),
    close: () => file.close(),
  };
}

async function readAt(file: FileHandle, path: string, at: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  try {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(buffer, done, length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  } catch (thrown) {
    throw toStoreError(thrown, path, 'Unable to read file');
  }
}
