/** Why a dump cannot be written or loaded. */
export type DumpProblem =
  /** There is no such file, or it cannot be read. */
  | 'no-file'
  /** The file cannot be written. */
  | 'unwritable'
  /** It is a file of another kind. */
  | 'not-a-dump'
  /** A later version of this program wrote it. */
  | 'newer-version'
  /** Bytes of it are missing or wrong. */
  | 'damaged'
  /** It is of another number of nodes, or their keys follow from another seed. */
  | 'other-network'
  /** It is, or would be, too large. */
  | 'too-large';

/** A dump of a network could not be written or loaded. */
export class DumpError extends Error {
  override readonly name = 'DumpError';

  constructor(
    readonly problem: DumpProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
