import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cachedDataVersionTag } from 'node:v8';
import type { Script } from 'node:vm';

/** Like the program itself: whoever may run it may read what was made of it. */
const MODE = 0o644;

/**
 * What V8 has compiled of a program, kept in a file beside it: the functions that ran in the process that wrote it. There is one
 * for each version of V8, its flags and the processor's features, which V8 checks as well; one that does not fit is as good as
 * none.
 */
export class CodeCache {
  private readonly path: string;

  /** @param program path of the program's code. V8 does not see that it was changed, if not in length: its time tells. */
  constructor(program: string) {
    const changed = Math.trunc(statSync(program).mtimeMs);
    this.path = `${program}.${cachedDataVersionTag().toString(16)}-${changed.toString(16)}.cache`;
  }

  /** What was kept, if anything, in memory that can be given back. */
  read(): Uint8Array<ArrayBuffer> | undefined {
    let file: number | undefined;
    try {
      file = openSync(this.path, 'r');
      const { size } = fstatSync(file);
      const data = new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }));
      return readSync(file, data) === size ? data : undefined;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /**
   * Keeps what is compiled of the script by the end of the process. Processes with flags of their own, such as those that are
   * profiled, leave nothing behind.
   */
  keepAtExit(script: Script): void {
    if (process.execArgv.length > 0 || process.env.NODE_OPTIONS !== undefined) return;
    process.once('exit', () => this.keep(script.createCachedData()));
  }

  /** Others read and write it at the same time: it is there as a whole or not at all. */
  private keep(data: Buffer): void {
    const temporary = `${this.path}.${process.pid}`;
    try {
      writeFileSync(temporary, data, { flush: true });
      chmodSync(temporary, MODE);
      renameSync(temporary, this.path);
    } catch {
      // Installed where this user may not write: each start compiles then.
      rmSync(temporary, { force: true });
    }
  }
}
