import type { ChainState } from './chain-state.js';
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
export function failChain(state: ChainState, message: string, cause?: unknown): ChainFailure {
  if (state.failure === undefined) {
    state.failure = message;
    state.isSound = cause instanceof StoreError && cause.remedy === '-reindex';
    state.warnings.set('fatal', message);
    if (cause instanceof StoreError && !message.includes(cause.message)) state.logger.error(cause.message);
    state.logger.error(message);
    state.events.emit('fatal', message);
  }
  return new ChainFailure(state.failure, { cause });
}

/** Core's sentence for a failure, or what makes it from the error. */
type FailureText = string | ((failure: StoreError) => string);

/**
 * Runs work on stored data that the chain cannot go on without.
 *
 * @throws ChainFailure in place of a StoreError
 */
export async function orFail<T>(
  state: ChainState,
  text: FailureText,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw storeFailure(state, text, thrown);
  }
}

/** {@link orFail} for work that must be done before anything else happens. */
export function orFailSync<T>(state: ChainState, text: FailureText, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeFailure(state, text, thrown);
  }
}

function storeFailure(state: ChainState, text: FailureText, thrown: unknown): unknown {
  if (!(thrown instanceof StoreError)) return thrown;
  const isFull = thrown.code === 'full';
  const message = isFull ? 'Disk space is too low!' : typeof text === 'string' ? text : text(thrown);
  return failChain(state, message, thrown);
}
