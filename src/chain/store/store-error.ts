import { errorMessage } from '../../runtime/errors.js';

/**
 * What went wrong with stored data:
 * - `locked`: another process has the database open;
 * - `corrupt`: bytes are there, but they are not what was written;
 * - `missing`: data that the index speaks of are not there;
 * - `full`: no space left on the disk;
 * - `io`: any other failure to read or write.
 */
export type StoreErrorCode = 'locked' | 'corrupt' | 'missing' | 'full' | 'io';

/** The option that repairs: rebuild everything from the block files, or only the coins from the blocks. */
export type StoreRemedy = '-reindex' | '-reindex-chainstate';

/** Stored data cannot be read, written or trusted. Never thrown for data from a peer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    /** File or directory concerned. */
    readonly path: string,
    what: string,
    /** What makes the data good again, where something does. */
    readonly remedy?: StoreRemedy,
    options?: ErrorOptions,
  ) {
    super(
      `${what} (${path})${remedy === undefined ? '' : `. Please restart with ${remedy} to recover.`}`,
      options,
    );
  }
}

const SYSTEM_CODES: Readonly<Record<string, StoreErrorCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  ENOENT: 'missing',
  LEVEL_LOCKED: 'locked',
  LEVEL_CORRUPTION: 'corrupt',
};

function codeOf(thrown: unknown): StoreErrorCode {
  for (let at = thrown; at instanceof Error; at = at.cause) {
    const known = SYSTEM_CODES[(at as NodeJS.ErrnoException).code ?? ''];
    if (known !== undefined) return known;
  }
  return 'io';
}

/** Wraps what the file system or LevelDB threw. @param remedy what helps when data are damaged or missing */
export function toStoreError(thrown: unknown, path: string, what: string, remedy?: StoreRemedy): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const code = codeOf(thrown);
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const isLost = code === 'corrupt' || code === 'missing';
  return new StoreError(code, path, `${what}: ${errorMessage(cause)}`, isLost ? remedy : undefined, {
    cause: thrown,
  });
}
