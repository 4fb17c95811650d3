import {
  existsSync,
  fstatSync,
  fsync,
  ftruncateSync,
  read,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Logger, silentLogger } from '../../runtime/logger.js';
import { freeDiskSpace, requireRoom } from './disk-space.js';
import { FileHandles } from './file-handles.js';
import { chunksToAllocate, type FlatFiles } from './flat-files.js';
import { toStoreError } from './store-error.js';

const readAsync = promisify(read);
const fsyncAsync = promisify(fsync);

export interface DiskFlatFilesOptions {
  readonly directory: string;
  /** Names are the prefix, five digits, `.dat`. */
  readonly prefix: string;
  /** Files grow by whole chunks, so that they do not fragment. */
  readonly chunkSize: number;
}

/**
 * Numbered files in a directory. Writes go to the operating system at once; which files they touched is remembered for
 * `flush`.
 */
export class DiskFlatFiles implements FlatFiles {
  private readonly handles = new FileHandles();
  private unflushed = new Set<number>();
  private readonly namePattern: RegExp;

  constructor(
    private readonly options: DiskFlatFilesOptions,
    private readonly logger: Logger = silentLogger,
  ) {
    this.namePattern = new RegExp(`^${options.prefix}(\\d{5})\\.dat$`);
  }

  path(file: number): string {
    return join(this.options.directory, this.fileName(file));
  }

  exists(file: number): boolean {
    return existsSync(this.path(file));
  }

  write(file: number, at: number, bytes: Uint8Array): void {
    this.guard(file, 'Unable to write file', () => {
      this.unflushed.add(file);
      this.handles.withSync(this.path(file), 'create', fd => {
        let done = 0;
        while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
      });
    });
  }

  async read(file: number, at: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafe(length);
    try {
      return await this.handles.with(this.path(file), async fd => {
        let done = 0;
        while (done < length) {
          const { bytesRead } = await readAsync(fd, buffer, done, length - done, at + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return buffer.subarray(0, done);
      });
    } catch (thrown) {
      throw toStoreError(thrown, this.path(file), 'Unable to read file', '-reindex');
    }
  }

  readSync(file: number, at: number, length: number): Uint8Array {
    return this.guard(file, 'Unable to read file', () =>
      this.handles.withSync(this.path(file), 'read', fd => {
        const buffer = Buffer.allocUnsafe(length);
        let done = 0;
        while (done < length) {
          const count = readSync(fd, buffer, done, length - done, at + done);
          if (count === 0) break;
          done += count;
        }
        return buffer.subarray(0, done);
      }),
    );
  }

  allocate(file: number, at: number, length: number): number {
    const added = chunksToAllocate(at, length, this.options.chunkSize);
    if (added === 0) return 0;
    this.guard(file, 'Unable to allocate file', () => {
      requireRoom(freeDiskSpace(this.options.directory), added, this.path(file));
      const end = at + added;
      this.logger.debug(
        'validation',
        `Pre-allocating up to position 0x${end.toString(16)} in ${this.fileName(file)}`,
      );
      this.unflushed.add(file);
      this.handles.withSync(this.path(file), 'create', fd => {
        if (fstatSync(fd).size < end) ftruncateSync(fd, end);
      });
    });
    return added;
  }

  truncate(file: number, size: number): void {
    if (!this.exists(file)) return;
    this.guard(file, 'Unable to truncate file', () => {
      this.unflushed.add(file);
      this.handles.withSync(this.path(file), 'write', fd => {
        if (fstatSync(fd).size > size) ftruncateSync(fd, size);
      });
    });
  }

  remove(file: number): boolean {
    this.handles.drop(this.path(file));
    this.unflushed.delete(file);
    if (!this.exists(file)) return false;
    this.guard(file, 'Unable to remove file', () => rmSync(this.path(file), { force: true }));
    return true;
  }

  list(): number[] {
    const files: number[] = [];
    for (const name of readdirSync(this.options.directory)) {
      const number = this.namePattern.exec(name)?.[1];
      if (number !== undefined) files.push(Number(number));
    }
    return files.sort((a, b) => a - b);
  }

  async flush(): Promise<void> {
    const files = this.unflushed;
    this.unflushed = new Set();
    for (const file of files) {
      try {
        if (this.exists(file)) await this.handles.with(this.path(file), fd => fsyncAsync(fd));
      } catch (thrown) {
        for (const left of files) this.unflushed.add(left);
        throw toStoreError(thrown, this.path(file), 'Unable to flush file');
      }
    }
    if (files.size > 0) await syncDirectory(this.options.directory);
  }

  async close(): Promise<void> {
    await this.flush();
    this.handles.close();
  }

  private fileName(file: number): string {
    return `${this.options.prefix}${file.toString().padStart(5, '0')}.dat`;
  }

  private guard<T>(file: number, what: string, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw toStoreError(thrown, this.path(file), what, '-reindex');
    }
  }
}

/** Makes the names of new files durable. Windows keeps them without, and cannot open directories. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
