import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesEqual, toHex } from '../../primitives/bytes.js';
import { StartError } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { StoreError, toStoreError } from './store-error.js';
import { isNoXor, NO_XOR, XOR_KEY_SIZE, xorInPlace } from './xor.js';

export interface XorKeyOptions {
  readonly directory: string;
  /** `-blocksxor` */
  readonly useXor: boolean;
  /** What the first block file begins with, when it is not hidden: the record of the genesis block. */
  readonly firstRecord?: Uint8Array;
}

/**
 * The key of all blk and rev files of a directory, from its `xor.dat`. A directory that is quite empty gets a random one
 * (so ask before anything else is put there); one with files but no key gets the key that changes nothing.
 *
 * A key that is lost or damaged makes all blocks unreadable, to a reindex as well. But the first file begins with bytes
 * that we know: the key under which the whole genesis block comes out is the right one, and is written back.
 *
 * @throws StartError when `-blocksxor` is off and the directory has a key
 * @throws StoreError `corrupt` when the key is damaged and cannot be found again
 */
export function blocksXorKey(options: XorKeyOptions, logger: Logger): Uint8Array {
  const path = join(options.directory, 'xor.dat');
  const key = readOrCreate(path, options, logger);
  checkAllowed(key, path, options.useXor);
  return key;
}

/** @throws StartError */
function checkAllowed(key: Uint8Array, path: string, useXor: boolean): void {
  if (useXor || isNoXor(key)) return;
  throw new StartError(
    `The blocksdir XOR-key can not be disabled when a random key was already stored! Stored key: '${toHex(key)}', stored path: '${path}'.`,
  );
}

function readOrCreate(path: string, options: XorKeyOptions, logger: Logger): Uint8Array {
  const { directory, useXor, firstRecord } = options;
  try {
    const names = readdirSync(directory);
    const stored = existsSync(path) ? readFileSync(path).subarray(0, XOR_KEY_SIZE) : undefined;
    // Also when it is not the right one: it takes the operator to say that files are not hidden any more.
    if (stored?.length === XOR_KEY_SIZE) checkAllowed(stored, path, useXor);
    const fitting = firstRecord && fittingKey(join(directory, 'blk00000.dat'), firstRecord);
    if (fitting !== undefined && stored !== undefined && !bytesEqual(stored, fitting)) {
      logger.warn(`${path} does not fit the block files; the key that does is written: ${toHex(fitting)}`);
    }
    const key = fitting ?? storedOrNew(path, stored, names, useXor);
    if (stored === undefined || !bytesEqual(key, stored)) writeFileSync(path, key, { flush: true });
    return key;
  } catch (thrown) {
    if (thrown instanceof StartError) throw thrown;
    throw toStoreError(thrown, path, 'Cannot read or write the XOR key of the block files');
  }
}

function storedOrNew(
  path: string,
  stored: Uint8Array | undefined,
  names: readonly string[],
  useXor: boolean,
): Uint8Array {
  if (stored?.length === XOR_KEY_SIZE) return stored;
  if (names.every(name => name === 'xor.dat')) return useXor ? randomBytes(XOR_KEY_SIZE) : NO_XOR;
  if (stored === undefined) return NO_XOR;
  throw new StoreError(
    'corrupt',
    path,
    'XOR key of the block files is cut short. Restore it, or remove all files of its directory to download the blocks again',
  );
}

/** The key under which a file begins with `record`; undefined when there is no such file, or no such key. */
function fittingKey(path: string, record: Uint8Array): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  const head = Buffer.alloc(record.length);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, head, 0, head.length, 0);
  } finally {
    closeSync(fd);
  }
  const key = Uint8Array.from(head.subarray(0, XOR_KEY_SIZE));
  xorInPlace(key, record.subarray(0, XOR_KEY_SIZE));
  xorInPlace(head, key);
  return bytesEqual(head, record) ? key : undefined;
}
