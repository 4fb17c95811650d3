import type { SharedState } from './chain-state.js';
import { StoreError } from './store/store-error.js';

/** The chain cannot go on: data are damaged, or cannot be written. Listeners of `fatal` were told. */
export class ChainFailure extends Error {
  override readonly name = 'ChainFailure';
}

/**
 * Refuses all further changes and tells the listeners of `fatal`, once. The log gets both: `message`, which is for the
 * operator's eyes, and what was thrown, which names file and remedy.
 *
 * @param cause what was thrown, if anything was
 */
export function failChain(shared: SharedState, message: string, cause?: unknown): ChainFailure {
  if (shared.failure === undefined) {
    shared.failure = message;
    shared.isSound = cause instanceof StoreError && cause.remedy === '-reindex';
    shared.warnings.set('fatal', message);
    if (cause instanceof StoreError && !message.includes(cause.message)) shared.logger.error(cause.message);
    shared.logger.error(message);
    shared.events.emit('fatal', message);
  }
  return new ChainFailure(shared.failure, { cause });
}

/** Core's sentence for a failure, or what makes it from the error. */
type FailureText = string | ((failure: StoreError) => string);

/**
 * Runs work on stored data that the chain cannot go on without.
 *
 * @throws ChainFailure in place of a StoreError
 */
export async function orFail<T>(
  shared: SharedState,
  text: FailureText,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw storeFailure(shared, text, thrown);
  }
}

/** {@link orFail} for work that must be done before anything else happens. */
export function orFailSync<T>(shared: SharedState, text: FailureText, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeFailure(shared, text, thrown);
  }
}

function storeFailure(shared: SharedState, text: FailureText, thrown: unknown): unknown {
  if (!(thrown instanceof StoreError)) return thrown;
  const isFull = thrown.code === 'full';
  const message = isFull ? 'Disk space is too low!' : typeof text === 'string' ? text : text(thrown);
  return failChain(shared, message, thrown);
}
