import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import type { LabEntry } from './protocol.js';

/** Names of labs are names of files. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

const SUFFIX = '.json';

/** Of the first lab; others get a number behind it. */
const DEFAULT_NAME = 'lab';

/** Entries that are looked at: more labs than a machine can run. */
const MAX_ENTRIES = 256;

/** @throws RangeError with the rule for names of labs */
export function checkedLabName(name: string): string {
  if (NAME.test(name)) return name;
  throw new RangeError('a name of a lab is 1 to 32 small letters, digits and dashes, no dash first');
}

/**
 * The labs of this user that run, each as a file with its address and token. The folder and its files are the user's alone:
 * who can read them can do with the labs what they want.
 */
export class LabRegistry {
  constructor(private readonly folder: string = defaultFolder()) {}

  /**
   * Enters a lab that has started; without a name it gets one that is free.
   *
   * @throws LabError when a lab with this name runs; Error when the folder is not this user's alone
   */
  async add(entry: Omit<LabEntry, 'name'>, name?: string): Promise<LabEntry> {
    await this.prepareFolder();
    await this.list();
    if (name !== undefined) {
      const named = { name: checkedLabName(name), ...entry };
      if (await this.write(named)) return named;
      throw new LabError('conflict', `a lab with the name ${name} runs already: choose another by --name`);
    }
    for (let number = 1; number <= MAX_ENTRIES; number++) {
      const named = { name: number === 1 ? DEFAULT_NAME : `${DEFAULT_NAME}-${number}`, ...entry };
      if (await this.write(named)) return named;
    }
    throw new LabError('limit', `${MAX_ENTRIES} labs run already`);
  }

  /** Takes a lab out of the list, unless another has taken its name meanwhile. */
  async remove(entry: LabEntry): Promise<void> {
    const found = await readEntry(this.fileOf(entry.name));
    if (found?.pid === entry.pid) await rm(this.fileOf(entry.name), { force: true });
  }

  /** Labs that run, by name. Entries of processes that have ended are removed. */
  async list(): Promise<readonly LabEntry[]> {
    const files = await readdir(this.folder).catch(() => []);
    const names = files.map(file => (file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : ''));
    const running: LabEntry[] = [];
    for (const name of names.sort().slice(0, MAX_ENTRIES)) {
      if (!NAME.test(name)) continue;
      const entry = await readEntry(this.fileOf(name));
      if (entry !== undefined && isAlive(entry.pid)) running.push({ ...entry, name });
      else await rm(this.fileOf(name), { force: true });
    }
    return running;
  }

  /**
   * The lab with this name; without one, the only lab there is.
   *
   * @throws LabError when there is none, or more than one to choose from
   */
  async choose(name?: string): Promise<LabEntry> {
    const running = await this.list();
    const names = running.map(entry => entry.name).join(', ');
    if (name !== undefined) {
      const named = running.find(entry => entry.name === name);
      if (named !== undefined) return named;
      throw new LabError(
        'unknown',
        `no lab "${name}" is running; ${names === '' ? 'none is' : `there is ${names}`}`,
      );
    }
    const [only, ...others] = running;
    if (only === undefined)
      throw new LabError('unknown', 'no lab is running: start one with `blocksmith up`');
    if (others.length > 0)
      throw new LabError('conflict', `several labs are running, choose one by --lab: ${names}`);
    return only;
  }

  private fileOf(name: string): string {
    return join(this.folder, `${name}${SUFFIX}`);
  }

  /** Writes an entry whole, or not at all when there is one of that name. */
  private async write(entry: LabEntry): Promise<boolean> {
    const draft = join(this.folder, `.${entry.pid}-${randomBytes(4).toString('hex')}`);
    await writeFile(draft, `${JSON.stringify(entry)}\n`, { mode: 0o600, flag: 'wx' });
    try {
      await link(draft, this.fileOf(entry.name));
      return true;
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
      throw thrown;
    } finally {
      await rm(draft, { force: true });
    }
  }

  private async prepareFolder(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const found = await lstat(this.folder);
    // In a folder for all, somebody else may have made it first.
    const isOwn = process.getuid === undefined || found.uid === process.getuid();
    const isPrivate = process.platform === 'win32' || (found.mode & 0o077) === 0;
    if (!found.isDirectory() || !isOwn || !isPrivate)
      throw new Error(`${this.folder} must be a folder of yours that nobody else may read`);
  }
}

function defaultFolder(): string {
  const { BLOCKSMITH_LAB_DIR: own, XDG_RUNTIME_DIR: runtime } = process.env;
  if (own !== undefined && own !== '') return own;
  if (runtime !== undefined && runtime !== '') return join(runtime, 'blocksmith-labs');
  return join(tmpdir(), `blocksmith-labs-${userInfo().username}`);
}

async function readEntry(file: string): Promise<LabEntry | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isEntry(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LabEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { name, pid, url, token }: Partial<Record<keyof LabEntry, unknown>> = value;
  return (
    [name, url, token].every(text => typeof text === 'string') && Number.isSafeInteger(pid) && Number(pid) > 0
  );
}

/** Whether a process with this number runs, of whichever user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
