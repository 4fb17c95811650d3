import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStates } from './fabric.js';
import type { NetworkSetup } from './network-options.js';

/** Where daemons keep their data: a directory that was asked for and stays, or one that is gone with its network. */
export class NetworkDirectory {
  private constructor(
    readonly path: string,
    /** There was nothing before. */
    readonly isNew: boolean,
    private readonly isTemporary: boolean,
  ) {}

  /** @returns undefined for nodes that keep nothing */
  static async open({ mode, datadir }: NetworkSetup): Promise<NetworkDirectory | undefined> {
    if (mode === 'inProcess') return undefined;
    if (datadir === undefined) {
      return new NetworkDirectory(await mkdtemp(join(tmpdir(), 'blocksmith-')), true, true);
    }
    const isNew = !existsSync(datadir);
    // Left by an earlier network that came to a sudden end.
    await removeStates(datadir);
    return new NetworkDirectory(datadir, isNew, false);
  }

  /** After all nodes have stopped. */
  async close(): Promise<void> {
    if (this.isTemporary) await rm(this.path, { recursive: true, force: true });
  }
}
