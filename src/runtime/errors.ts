/**
 * A bug: an invariant of ours does not hold. Never thrown for bad input from a peer, a client or a file.
 */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws {@link AssertionFailure} unless `condition` holds. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new AssertionFailure(what);
}

/** Returns `value`, which the caller knows to be there; a missing one is a bug. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(`missing: ${what}`);
  return value;
}

/** A start that cannot go on. The daemon prints `Error: <message>` and exits with 1, as Core does. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * A start that cannot go on with the data that are stored; building them again helps. The daemon prints what Core prints
 * where its window would ask whether to: `: <message>.`, and with which option to; then what it is that is damaged, which
 * is the `cause`.
 */
export class UnusableDataError extends StartError {}

/** Text of anything that was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
