import { NO_HEADER } from '../../consensus/chain-view.js';
import type { SharedState } from '../chain-state.js';

/** Height of the highest checkpoint whose header is known, -1 for none or with `-checkpoints=0`: no branch may start below it. */
export function lastCheckpointHeight({ tree, params, checkpoints, limits }: SharedState): number {
  if (!limits.useCheckpoints) return -1;
  // Headers are never forgotten, and one checkpoint lies below the next: those that were found need no further look.
  for (let next = checkpoints.pending[0]; next !== undefined; next = checkpoints.pending[0]) {
    const hash = params.checkpoints.get(next);
    if (hash === undefined || tree.find(hash) === NO_HEADER) break;
    checkpoints.reached = next;
    checkpoints.pending.shift();
  }
  return checkpoints.reached;
}
