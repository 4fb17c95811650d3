import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../regtest/control/registry.js';

/** Where Linux keeps files in memory. */
const IN_MEMORY = '/dev/shm';

/** Before the number of the process that runs the tests. */
const PREFIX = 'blocksmith-tests-';
const LEFT_FOLDER = new RegExp(`^${PREFIX}(\\d+)-`);

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

/** Folders of runs that were killed: memory that nobody would give back. */
function removeLeftFolders(): void {
  for (const name of readdirSync(IN_MEMORY)) {
    const [, pid] = LEFT_FOLDER.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(IN_MEMORY, name), { recursive: true, force: true });
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
  removeLeftFolders();
  const folder = mkdtempSync(join(IN_MEMORY, `${PREFIX}${process.pid}-`));
  process.env.TMPDIR = folder;
  return () => {
    delete process.env.TMPDIR;
    rmSync(folder, { recursive: true, force: true });
  };
}
