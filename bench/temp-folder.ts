import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A directory that is gone at the end. */
export class TempFolder {
  private count = 0;

  private constructor(private readonly path: string) {}

  static async make(): Promise<TempFolder> {
    return new TempFolder(await mkdtemp(join(tmpdir(), 'blocksmith-bench-')));
  }

  /** A path in it that nobody has had before. */
  next(name: string): string {
    return join(this.path, `${name}-${this.count++}`);
  }

  /** A copy of a folder, at such a path. */
  copy(source: string): string {
    const target = this.next(`${basename(source)}-copy`);
    cpSync(source, target, { recursive: true });
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
