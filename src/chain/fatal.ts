import type { SharedState } from './chain-state.js';

/** The chain cannot go on: data are damaged, or cannot be written. Listeners of `fatal` were told. */
export class ChainFailure extends Error {
  override readonly name = 'ChainFailure';
}

/** Refuses all further changes and tells the listeners of `fatal`, once. @param cause what was thrown, if anything was */
export function failChain(shared: SharedState, message: string, cause?: unknown): ChainFailure {
  if (shared.failure === undefined) {
    shared.failure = message;
    shared.warnings.set('fatal', message);
    shared.logger.error(message);
    shared.events.emit('fatal', message);
  }
  return new ChainFailure(shared.failure, { cause });
}
