import { statfsSync } from 'node:fs';
import { StoreError, toStoreError } from './store-error.js';

/** Room on the disk that is never touched, for the other files of the node (Core's CheckDiskSpace). */
const MIN_FREE_DISK_BYTES = 50 << 20;

/** Bytes that an ordinary user may still write to the disk of `directory`. @throws StoreError */
export function freeDiskSpace(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch (thrown) {
    throw toStoreError(thrown, directory, 'Cannot tell how much room the disk has');
  }
}

/**
 * @param free bytes that are free
 * @param path what is to be written, for the message
 * @throws StoreError `full` unless `needed` bytes can be written and some are left for others
 */
export function requireRoom(free: number, needed: number, path: string): void {
  if (free < needed + MIN_FREE_DISK_BYTES) throw new StoreError('full', path, 'Disk space is too low!');
}
