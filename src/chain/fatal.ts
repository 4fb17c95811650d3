import type { ChainState } from './chain-state.js';

/** The chain cannot go on: data are damaged, or cannot be written. Listeners of `fatal` were told. */
export class ChainFailure extends Error {
  override readonly name = 'ChainFailure';
}

/** Refuses all further changes and tells the listeners of `fatal`, once. @param cause what was thrown, if anything was */
export function failChain(state: ChainState, message: string, cause?: unknown): ChainFailure {
  if (state.failure === undefined) {
    state.failure = message;
    state.warnings.set('fatal', message);
    state.logger.error(message);
    state.events.emit('fatal', message);
  }
  return new ChainFailure(state.failure, { cause });
}
