/** What was wrong with a call, for programs; the message says it to people. */
export type UsageErrorCode =
  /** The argument, or one of its properties, is missing or of the wrong type. */
  | 'bad-argument'
  /** A Uint8Array was expected; `string`, `number[]`, `ArrayBuffer` and arrays that were transferred away are none. */
  | 'not-bytes'
  /** The transaction has no input of that index. */
  | 'input-index'
  /** There are not as many prevouts as inputs that spend one. */
  | 'prevout-count'
  /** A value is not a whole number of satoshis. */
  | 'prevout-value'
  | 'unknown-flag'
  /** A flag was given without one that it needs. */
  | 'flag-combination'
  | 'unknown-network'
  /** Not an even number of hex digits, or not 64 where an id is expected. */
  | 'bad-hex';

/**
 * The caller's mistake: a call that has no answer. Thrown by every function of `blocksmith/consensus` before anything is
 * verified, so that a wrong call never looks like a verdict.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    readonly code: UsageErrorCode,
    message: string,
  ) {
    super(message);
  }
}
