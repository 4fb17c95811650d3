import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const IN_MEMORY = '/dev/shm';

/** Room that the tests want there: a daemon sets 17 MB aside, and some chains are larger. */
const ROOM_WANTED = 2 ** 31;

function hasRoom(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM_WANTED;
  } catch {
    return false;
  }
}

/**
 * Has temporary files of tests, and of the programs that they start, in memory, where that can be: a node waits for its disk
 * several times at each start and stop, and tests that open many databases do nothing else. That the whole machine ends is
 * nothing that tests play. Who sets TMPDIR has them there.
 *
 * @returns removes what is left of them
 */
export function keepTemporaryFilesInMemory(): () => void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return () => {};
  const folder = mkdtempSync(join(IN_MEMORY, 'blocksmith-tests-'));
  process.env.TMPDIR = folder;
  return () => {
    delete process.env.TMPDIR;
    rmSync(folder, { recursive: true, force: true });
  };
}
