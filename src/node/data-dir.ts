import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ChainParams } from '../consensus/params.js';
import { StartError } from '../runtime/errors.js';

/** Nobody but the owner may look into a new data directory: it holds keys. */
const PRIVATE_DIR_MODE = 0o700;

/** The data directory when none is given. A directory of our own: Core's default one is never touched unasked. */
export function defaultDataDir(): string {
  return join(homedir(), '.blocksmith');
}

/** Base data directory by `-datadir`. @throws StartError when the named directory does not exist */
export function resolveDataDir(option: string | undefined): string {
  if (option === undefined || option === '') return defaultDataDir();
  const path = resolve(option);
  if (!isDirectory(path)) throw new StartError(`Specified data directory "${option}" does not exist.`);
  return path;
}

/** Paths of one network's data. */
export interface DataPaths {
  readonly base: string;
  /** Where this network's data are. */
  readonly network: string;
  readonly blocks: string;
  /** The block index stays in the data directory when `-blocksdir` moves the blocks, as in Core. */
  readonly blockIndex: string;
  readonly chainstate: string;
  readonly wallets: string;
}

/**
 * Makes the directories of a network. A new one gets a `wallets` directory; one that exists without it keeps its wallets
 * beside the other data, as Core does.
 *
 * @throws StartError when `-blocksdir` does not exist
 */
export function prepareDataDir(base: string, params: ChainParams, blocksDir: string | undefined): DataPaths {
  makePrivateDir(base, true);
  const network = join(base, params.dataDir);
  makePrivateDir(network, true);
  if (blocksDir !== undefined && !isDirectory(resolve(blocksDir))) {
    throw new StartError(`Specified blocks directory "${blocksDir}" does not exist.`);
  }
  const blocks = join(blocksDir === undefined ? base : resolve(blocksDir), params.dataDir, 'blocks');
  mkdirSync(blocks, { recursive: true, mode: PRIVATE_DIR_MODE });
  const ownBlocks = join(network, 'blocks');
  mkdirSync(ownBlocks, { recursive: true, mode: PRIVATE_DIR_MODE });
  const wallets = join(network, 'wallets');
  return {
    base,
    network,
    blocks,
    blockIndex: join(ownBlocks, 'index'),
    chainstate: join(network, 'chainstate'),
    wallets: isDirectory(wallets) ? wallets : network,
  };
}

function makePrivateDir(path: string, withWallets: boolean): void {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true, mode: PRIVATE_DIR_MODE });
  if (withWallets) mkdirSync(join(path, 'wallets'), { mode: PRIVATE_DIR_MODE });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Directories locked by this process; a process id alone cannot tell two nodes of one process apart. */
const lockedHere = new Set<string>();

/**
 * An exclusive hold on a directory. The lock file names the process that holds it and when that process was started;
 * one left behind by a process that is gone (killed, or its id given to another) does not count.
 */
export class DirectoryLock {
  private constructor(
    private readonly file: string,
    private readonly directory: string,
  ) {}

  /** @throws StartError with Core's text when somebody else holds it */
  static acquire(path: string): DirectoryLock {
    const directory = realpathSync(path);
    const file = join(directory, '.lock');
    if (lockedHere.has(directory) || isHeld(file)) {
      throw new StartError(
        `Cannot obtain a lock on data directory ${path}. Blocksmith is probably already running.`,
      );
    }
    try {
      const handle = openSync(file, 'w', 0o600);
      writeSync(handle, `${process.pid} ${processStart(process.pid) ?? ''}\n`);
      closeSync(handle);
    } catch {
      throw new StartError(`Cannot write to data directory '${path}'; check permissions.`);
    }
    lockedHere.add(directory);
    return new DirectoryLock(file, directory);
  }

  release(): void {
    lockedHere.delete(this.directory);
    rmSync(this.file, { force: true });
  }
}

function isHeld(file: string): boolean {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return false;
  }
  const [pidText = '', started = ''] = content.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return false;
  return (processStart(pid) ?? '') === started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process was started, in clock ticks since boot, where the system tells (Linux); it sets reused ids apart. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
