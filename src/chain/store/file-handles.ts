import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';

/** Open files kept at once: reads go to a few recent files, writes to two. */
const MAX_IDLE_HANDLES = 16;

/** What the system says when a file may be read and not written. */
const WRITE_PROTECTED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

export interface FileHandle {
  readonly path: string;
  readonly fd: number;
}

/** What a file is opened for. Only `create` makes one that is not there. */
export type FileAccess = 'read' | 'write' | 'create';

interface CachedHandle extends FileHandle {
  /** Not so for a file that may only be read: old block files on a medium that is write-protected, for one. */
  readonly writable: boolean;
  /** Which file was opened: its path may lead to another one later, or to none. */
  readonly device: number;
  readonly inode: number;
  /** Asynchronous work in flight; the descriptor must not be closed (and its number given away) meanwhile. */
  users: number;
  /** The file was removed or the cache closed: close as soon as nobody uses it. */
  doomed: boolean;
}

/**
 * File descriptors that are kept open between uses; the least recently used go first.
 *
 * A file that was removed or replaced under its path is noticed at the next use: what is read through a descriptor of a
 * removed file is not there after a restart, and what is written to it is lost. Looking costs 2 µs.
 */
export class FileHandles {
  private readonly handles = new Map<string, CachedHandle>();

  /** Runs synchronous work on a file. @throws what `open` throws */
  withSync<T>(path: string, access: FileAccess, work: (fd: number) => T): T {
    const handle = this.take(path, access);
    const result = work(handle.fd);
    this.trim();
    return result;
  }

  /** Runs asynchronous work that changes nothing on a file, which stays open until that is done. */
  async with<T>(path: string, work: (fd: number) => Promise<T>): Promise<T> {
    const handle = this.take(path, 'read');
    handle.users++;
    try {
      return await work(handle.fd);
    } finally {
      handle.users--;
      if (handle.doomed && handle.users === 0) closeSync(handle.fd);
      else this.trim();
    }
  }

  /** Closes the file, at once or when its last user is done. */
  drop(path: string): void {
    const handle = this.handles.get(path);
    if (handle === undefined) return;
    this.handles.delete(path);
    handle.doomed = true;
    if (handle.users === 0) closeSync(handle.fd);
  }

  close(): void {
    for (const path of [...this.handles.keys()]) this.drop(path);
  }

  private take(path: string, access: FileAccess): CachedHandle {
    const known = this.handles.get(path);
    if (known !== undefined && (known.writable || access === 'read') && isStillThere(known)) {
      this.handles.delete(path);
      this.handles.set(path, known);
      return known;
    }
    this.drop(path);
    const opened = openFile(path, access);
    const { dev, ino } = fstatSync(opened.fd);
    const handle: CachedHandle = { path, ...opened, device: dev, inode: ino, users: 0, doomed: false };
    this.handles.set(path, handle);
    return handle;
  }

  private trim(): void {
    if (this.handles.size <= MAX_IDLE_HANDLES) return;
    for (const handle of this.handles.values()) {
      if (handle.users > 0) continue;
      this.drop(handle.path);
      if (this.handles.size <= MAX_IDLE_HANDLES) return;
    }
  }
}

/** Opens for writing as well, since what is read now is often written next; if that may not be, for reading. */
function openFile(path: string, access: FileAccess): { readonly fd: number; readonly writable: boolean } {
  const flags = constants.O_RDWR | (access === 'create' ? constants.O_CREAT : 0);
  try {
    return { fd: openSync(path, flags, 0o600), writable: true };
  } catch (thrown) {
    if (access !== 'read' || !isWriteProtected(thrown)) throw thrown;
    return { fd: openSync(path, constants.O_RDONLY), writable: false };
  }
}

function isWriteProtected(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && WRITE_PROTECTED.has(thrown.code);
}

function isStillThere({ path, device, inode }: CachedHandle): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.ino === inode && found.dev === device;
}
