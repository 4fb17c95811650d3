import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../primitives/bytes.js';
import { StartError } from '../../runtime/errors.js';
import { StoreError, toStoreError } from './store-error.js';
import { isNoXor, NO_XOR, XOR_KEY_SIZE } from './xor.js';

/**
 * The key of all blk and rev files of a directory, from its `xor.dat`. A directory that is quite empty gets a random one
 * (so ask before anything else is put there); one with files but no key gets the key that changes nothing.
 *
 * @param useXor `-blocksxor`
 * @throws StartError when it is off and the directory has a key
 */
export function blocksXorKey(directory: string, useXor: boolean): Uint8Array {
  const path = join(directory, 'xor.dat');
  const key = readOrCreate(directory, path, useXor);
  if (useXor || isNoXor(key)) return key;
  throw new StartError(
    `The blocksdir XOR-key can not be disabled when a random key was already stored! Stored key: '${toHex(key)}', stored path: '${path}'.`,
  );
}

function readOrCreate(directory: string, path: string, useXor: boolean): Uint8Array {
  try {
    if (existsSync(path)) return readKey(path);
    const key = useXor && readdirSync(directory).length === 0 ? randomBytes(XOR_KEY_SIZE) : NO_XOR;
    writeFileSync(path, key, { flag: 'wx', flush: true });
    return key;
  } catch (thrown) {
    throw toStoreError(thrown, path, 'Cannot read or write the XOR key of the block files');
  }
}

function readKey(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes.length < XOR_KEY_SIZE)
    throw new StoreError('corrupt', path, 'XOR key of the block files is cut short');
  return bytes.subarray(0, XOR_KEY_SIZE);
}
