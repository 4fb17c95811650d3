import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Hash256 } from '../../primitives/bytes.js';
import { errorMessage } from '../../runtime/errors.js';
import { writeFileAtomically } from '../../runtime/files.js';
import type { Logger } from '../../runtime/logger.js';
import type { KeyValueStore } from '../store/kv.js';
import { LevelStore } from '../store/level-store.js';
import { StoreError } from '../store/store-error.js';
import type { SnapshotStorage } from './snapshot-storage.js';

/** Beside the database's own files in its directory: the hash that {@link SnapshotStorage.base} gives. */
const BASE_FILE = 'base_blockhash';
const HASH_SIZE = 32;

export interface DiskSnapshotOptions {
  /** Directory of the coins that were validated from genesis on. */
  readonly chainstateDir: string;
  readonly cacheBytes: number;
}

/**
 * The coins of a snapshot in `chainstate_snapshot`, as Core has them. A directory without the file that names the base is
 * the rest of a load that was cut off: it is not in use.
 */
export class DiskSnapshotStorage implements SnapshotStorage {
  readonly coins: LevelStore;
  private readonly directory: string;
  private readonly outdated: string;

  constructor(
    private readonly options: DiskSnapshotOptions,
    private readonly logger: Logger,
  ) {
    const { chainstateDir, cacheBytes } = options;
    this.directory = `${chainstateDir}_snapshot`;
    this.outdated = `${chainstateDir}_todelete`;
    this.coins = new LevelStore(
      { path: this.directory, cacheBytes, obfuscate: true, remedy: '-reindex-chainstate' },
      logger,
    );
  }

  async recover(): Promise<void> {
    const { chainstateDir } = this.options;
    if (!existsSync(this.outdated)) return;
    // The move was cut off between its two steps.
    if (!existsSync(chainstateDir) && this.base() !== undefined) await this.moveIn();
    if (existsSync(chainstateDir)) await this.removeOutdated();
  }

  base(): Hash256 | undefined {
    const { directory, logger } = this;
    if (!existsSync(directory)) return undefined;
    const path = join(directory, BASE_FILE);
    if (!existsSync(path)) {
      logger.info(
        `[snapshot] snapshot chainstate dir is malformed! no base blockhash file exists at path ${directory}. ` +
          `Try deleting ${path} and calling loadtxoutset again?`,
      );
      return undefined;
    }
    const bytes = readFileSync(path);
    if (bytes.length > HASH_SIZE) logger.info(`[snapshot] warning: unexpected trailing data in ${path}`);
    if (bytes.length >= HASH_SIZE) return bytes.subarray(0, HASH_SIZE);
    throw new StoreError('corrupt', path, 'Base block of the snapshot is cut short', '-reindex-chainstate');
  }

  async begin(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await this.coins.open();
  }

  async use(base: Hash256): Promise<void> {
    writeFileAtomically(join(this.directory, BASE_FILE), base);
  }

  async discard(): Promise<void> {
    await this.coins.close();
    // The name of the base first: what is left without it, if removing is cut off, is not in use.
    await rm(join(this.directory, BASE_FILE), { force: true });
    this.logger.info(`Removing leveldb dir at ${this.directory}`);
    await rm(this.directory, { recursive: true, force: true });
  }

  async setAside(): Promise<void> {
    await this.coins.close();
    const target = `${this.directory}_INVALID`;
    this.logger.info(`[snapshot] renaming snapshot datadir ${this.directory} to ${target}`);
    try {
      await rename(this.directory, target);
    } catch (thrown) {
      this.logger.error(`error renaming file '${this.directory}' -> '${target}': ${errorMessage(thrown)}`);
      throw new StoreError(
        'io',
        this.directory,
        `Rename of '${this.directory}' -> '${target}' failed. ` +
          'You should resolve this by manually moving or deleting the invalid ' +
          `snapshot directory ${this.directory}, otherwise you will encounter the same error again ` +
          'on the next startup.',
        undefined,
        { cause: thrown },
      );
    }
  }

  async promote(validated: KeyValueStore): Promise<void> {
    const { chainstateDir } = this.options;
    await validated.close();
    await this.coins.close();
    this.logger.info(
      `[snapshot] deleting background chainstate directory (now unnecessary) (${chainstateDir})`,
    );
    await this.move(chainstateDir, this.outdated);
    await this.moveIn();
    await this.removeOutdated();
    this.logger.info(`[snapshot] deleted background chainstate directory (${chainstateDir})`);
    await validated.open();
  }

  private async moveIn(): Promise<void> {
    const { chainstateDir } = this.options;
    this.logger.info(
      `[snapshot] moving snapshot chainstate (${this.directory}) to default chainstate directory (${chainstateDir})`,
    );
    await this.move(this.directory, chainstateDir);
    await rm(join(chainstateDir, BASE_FILE), { force: true });
  }

  private removeOutdated(): Promise<void> {
    return rm(this.outdated, { recursive: true, force: true });
  }

  private async move(from: string, to: string): Promise<void> {
    try {
      await rename(from, to);
    } catch (thrown) {
      this.logger.error(`[snapshot] Error renaming path (${from}) -> (${to}): ${errorMessage(thrown)}`);
      const what = `Rename of '${from}' -> '${to}' failed. Cannot clean up the background chainstate leveldb directory.`;
      throw new StoreError('io', basename(from), what, undefined, { cause: thrown });
    }
  }
}
