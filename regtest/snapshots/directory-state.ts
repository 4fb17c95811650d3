import { constants } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chainParams } from '../../src/consensus/networks.js';
import { readDataDir, writeDataDir } from '../../src/node/data-dir-image.js';
import type { NodeMemory } from '../../src/node/home.js';
import type { NodeState } from './node-state.js';

/** Files that tell of a run and not of what the node keeps: they are not part of a state. */
const OF_A_RUN: ReadonlySet<string> = new Set(['debug.log', '.lock', '.cookie', 'bitcoind.pid']);

/** Tables of LevelDB are written once and then only removed: a second name for one is as good as a copy. */
const IS_WRITTEN_ONCE = /^\d+\.ldb$/;

/** What a node with a data directory kept at one moment, in a directory of its own. */
export class DirectoryState implements NodeState {
  private constructor(
    private readonly directory: string,
    readonly bytes: number,
  ) {}

  /**
   * Copies what a node that does not run keeps.
   *
   * @param network directory of the node's network in its data directory
   * @param within where the copy goes: on the same file system
   */
  static async save(network: string, within: string): Promise<DirectoryState> {
    return DirectoryState.make(within, directory => copyTree(network, directory));
  }

  /** Writes what some node kept. */
  static async of(memory: NodeMemory, within: string): Promise<DirectoryState> {
    return DirectoryState.make(within, async directory => {
      await writeDataDir(memory, directory);
      return sizeOf(directory);
    });
  }

  private static async make(
    within: string,
    fill: (directory: string) => Promise<number>,
  ): Promise<DirectoryState> {
    await mkdir(within, { recursive: true });
    const directory = await mkdtemp(join(within, 'state-'));
    try {
      return new DirectoryState(directory, await fill(directory));
    } catch (thrown) {
      await rm(directory, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** Puts the state in the place of what a node that does not run has. The log goes on. */
  async putInto(network: string): Promise<void> {
    const fresh = `${network}.new`;
    await rm(fresh, { recursive: true, force: true });
    await copyTree(this.directory, fresh);
    for (const name of OF_A_RUN) await rename(join(network, name), join(fresh, name)).catch(ignoreMissing);
    await rm(network, { recursive: true, force: true });
    await rename(fresh, network);
  }

  memory(): Promise<NodeMemory> {
    return readDataDir(this.directory, chainParams('regtest'));
  }

  async drop(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

function ignoreMissing(thrown: unknown): void {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return;
  throw thrown;
}

/** @returns bytes of the files */
async function copyTree(from: string, to: string): Promise<number> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  let bytes = 0;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) bytes += await copyTree(source, target);
    else if (entry.isFile() && !OF_A_RUN.has(entry.name)) bytes += await copyOne(source, target, entry.name);
  }
  return bytes;
}

async function copyOne(source: string, target: string, name: string): Promise<number> {
  if (IS_WRITTEN_ONCE.test(name)) await link(source, target);
  else await copyFile(source, target, constants.COPYFILE_FICLONE);
  return (await stat(target)).size;
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
