import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStates } from './fabric.js';
import type { NetworkSetup } from './network-options.js';

/** Where daemons keep their data: a directory that was asked for and stays, or one that is gone with its network. */
export class NetworkDirectory {
  private constructor(
    readonly path: string,
    private readonly isTemporary: boolean,
  ) {}

  /** @returns undefined for nodes that keep nothing */
  static async open({ mode, datadir }: NetworkSetup): Promise<NetworkDirectory | undefined> {
    if (mode === 'inProcess') return undefined;
    if (datadir === undefined) {
      return new NetworkDirectory(await mkdtemp(join(tmpdir(), 'blocksmith-')), true);
    }
    // Left by an earlier network that came to a sudden end.
    await removeStates(datadir);
    return new NetworkDirectory(datadir, false);
  }

  /** After all nodes have stopped. */
  async close(): Promise<void> {
    if (this.isTemporary) await rm(this.path, { recursive: true, force: true });
  }
}
