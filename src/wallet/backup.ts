import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KeyValue, KeyValueStore } from '../chain/store/kv.js';
import { sha256 } from '../crypto/hash.js';
import { bytesEqual } from '../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../primitives/codec.js';
import type { Wallet } from './wallet.js';

/** First bytes of a backup: what it is and the version of its form. */
const MAGIC = Buffer.from('blocksmith wallet 1\n', 'ascii');
const CHECKSUM_SIZE = 32;

/** Keys and transactions are for their owner alone. */
const FILE_MODE = 0o600;

/**
 * Writes all of a wallet's records to one file, which is there complete or not at all.
 *
 * @param destination the file, or a directory to put it into under the wallet's name
 */
export async function writeBackup(wallet: Wallet, destination: string): Promise<void> {
  const found = await stat(destination).catch(() => undefined);
  const name = `${basename(wallet.name) || 'wallet'}.backup`;
  const path = found?.isDirectory() === true ? join(destination, name) : destination;
  await wallet.store.flush();
  const body = new Writer().bytes(MAGIC);
  for await (const lot of wallet.store.records())
    for (const [key, value] of lot) body.varBytes(key).varBytes(value);
  const bytes = body.finish();
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(part, Buffer.concat([bytes, sha256(bytes)]), { mode: FILE_MODE, flush: true });
    await rename(part, path);
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
}

/** Records of a backup. @throws DecodeError when it is none, or damaged */
export async function readBackup(path: string): Promise<KeyValue[]> {
  const bytes = await readFile(path);
  const end = bytes.length - CHECKSUM_SIZE;
  if (end < MAGIC.length || !bytesEqual(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new DecodeError('not a backup of a wallet');
  }
  if (!bytesEqual(bytes.subarray(end), sha256(bytes.subarray(0, end)))) {
    throw new DecodeError('the backup is damaged');
  }
  const reader = new Reader(bytes, MAGIC.length, end);
  const records: KeyValue[] = [];
  while (!reader.isDone) records.push([reader.varBytes(), reader.varBytes()]);
  return records;
}

/** Fills an empty database with the records of a backup. */
export async function restoreRecords(db: KeyValueStore, records: readonly KeyValue[]): Promise<void> {
  await db.open();
  try {
    const batch = db.batch();
    for (const [key, value] of records) batch.put(key, value);
    await batch.write({ sync: true });
  } finally {
    await db.close();
  }
}
