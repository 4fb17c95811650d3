import { type FileHandle, open } from 'node:fs/promises';
import { DecodeError } from '../../primitives/codec.js';
import { errorMessage } from '../../runtime/errors.js';
import type { ReadBytes } from './buffered-input.js';
import type { SnapshotTarget } from './snapshot-writer.js';

/** A file that a snapshot is written to. */
export class SnapshotOutput implements SnapshotTarget {
  private constructor(private readonly file: FileHandle) {}

  /** An empty file, in the place of what may be there. */
  static async create(path: string): Promise<SnapshotOutput> {
    return new SnapshotOutput(await open(path, 'w'));
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }

  /** @param durably with all that was written on the disk */
  async close(durably: boolean): Promise<void> {
    try {
      if (durably) await this.file.sync();
    } finally {
      await this.file.close();
    }
  }
}

/** A file that a snapshot is read from. */
export class SnapshotInput {
  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<SnapshotInput> {
    return new SnapshotInput(await open(path, 'r'));
  }

  /** @throws DecodeError when the file cannot be read: what is to be in it is not there */
  readonly read: ReadBytes = async target => {
    try {
      const { bytesRead } = await this.file.read(target, 0, target.length, null);
      return bytesRead;
    } catch (thrown) {
      throw new DecodeError(`AutoFile::read: fread failed (${errorMessage(thrown)})`);
    }
  };

  close(): Promise<void> {
    return this.file.close();
  }
}
