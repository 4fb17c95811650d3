import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, type StoreRemedy, toStoreError } from '../store-error.js';
import { LevelDamage } from './level-coding.js';
import { logRecords } from './level-log.js';
import { type LevelFiles, readManifest } from './level-manifest.js';
import { checkTable } from './level-table.js';

/** Names of tables, the second as old versions wrote it. */
const TABLE_SUFFIXES = ['.ldb', '.sst'];

const LOG_NAME = /^(\d+)\.log$/;

/**
 * Checks all files of a LevelDB directory that is not open.
 *
 * The binding that we use opens databases without LevelDB's "paranoid checks" and reads without verifying checksums, and
 * has no way to ask for them. Damage would be taken for data: a changed byte in a table is served as it is, a changed byte
 * in a log makes LevelDB leave out some writes and take later ones. What Core finds out when it reads, we look for before
 * the database is opened, 700 MB in a second of one core. It has to be before: LevelDB puts what it finds in logs into
 * tables, with good checksums.
 *
 * What the end of a process or of the machine may leave behind passes. So does a change that LevelDB cannot tell from
 * that: a last record of a log that is cut off. It stands for the data as they were before that record was written.
 *
 * @throws StoreError `corrupt` or `missing`, naming the file
 */
export async function checkLevelFiles(directory: string, remedy?: StoreRemedy): Promise<void> {
  const names = await readNames(directory);
  const check = new DirectoryCheck(directory, names, remedy);
  await check.run();
}

async function readNames(directory: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(directory));
  } catch (thrown) {
    const failure = toStoreError(thrown, directory, 'Cannot read database directory');
    if (failure.code === 'missing') return new Set();
    throw failure;
  }
}

class DirectoryCheck {
  constructor(
    private readonly directory: string,
    private readonly names: ReadonlySet<string>,
    private readonly remedy: StoreRemedy | undefined,
  ) {}

  async run(): Promise<void> {
    if (!this.names.has('CURRENT')) return this.checkEmpty();
    const files = await this.readFiles();
    for (const [number, size] of files.tables) await this.checkTable(number, size);
    await this.checkLogs(files);
  }

  /** A process that ended while it made the database leaves a manifest at most. */
  private checkEmpty(): void {
    for (const name of this.names) {
      const isData = LOG_NAME.test(name) || TABLE_SUFFIXES.some(suffix => name.endsWith(suffix));
      if (isData) throw this.lost('CURRENT', 'Database file is missing');
    }
  }

  private async readFiles(): Promise<LevelFiles> {
    const current = Buffer.from(await this.read('CURRENT')).toString('latin1');
    const name = /^(MANIFEST-\d+)\n$/.exec(current)?.[1];
    if (name === undefined) throw this.damaged('CURRENT', 'it names no manifest');
    return this.guard(name, readManifest, await this.read(name));
  }

  private async checkTable(number: number, size: number): Promise<void> {
    const base = fileNumber(number);
    const [usual = '', old = ''] = TABLE_SUFFIXES.map(suffix => base + suffix);
    const name = this.names.has(old) && !this.names.has(usual) ? old : usual;
    const bytes = await this.read(name);
    if (bytes.length !== size) throw this.damaged(name, `it has ${bytes.length} bytes instead of ${size}`);
    this.guard(name, checkTable, bytes);
  }

  private async checkLogs({ firstLog, previousLog }: LevelFiles): Promise<void> {
    // It is made before the manifest names it, and removed after the manifest has named the next.
    const first = `${fileNumber(firstLog)}.log`;
    if (firstLog > 0 && !this.names.has(first)) throw this.lost(first, 'Database file is missing');
    for (const name of this.names) {
      const match = LOG_NAME.exec(name);
      if (match === null) continue;
      const number = Number(match[1]);
      if (number < firstLog && number !== previousLog) continue;
      this.guard(name, readThrough, await this.read(name));
    }
  }

  private async read(name: string): Promise<Uint8Array> {
    try {
      return await readFile(join(this.directory, name));
    } catch (thrown) {
      throw toStoreError(thrown, join(this.directory, name), 'Cannot read database file', this.remedy);
    }
  }

  private guard<T>(name: string, work: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    try {
      return work(bytes);
    } catch (thrown) {
      if (thrown instanceof LevelDamage) throw this.damaged(name, thrown.message);
      throw thrown;
    }
  }

  private damaged(name: string, why: string): StoreError {
    return this.lost(name, `Database file is damaged: ${why}`);
  }

  private lost(name: string, what: string): StoreError {
    return new StoreError('corrupt', join(this.directory, name), what, this.remedy);
  }
}

function readThrough(log: Uint8Array): void {
  for (const record of logRecords(log)) void record;
}

function fileNumber(number: number): string {
  return number.toString().padStart(6, '0');
}
