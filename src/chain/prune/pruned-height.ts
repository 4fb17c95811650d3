import type { ChainState } from '../chain-state.js';

/**
 * Height of the highest block of the active chain whose data or undo data are gone, undefined when all are there (Core's
 * GetPruneHeight). Genesis, which never had undo data, does not count.
 */
export function prunedHeight({ tree, active }: Pick<ChainState, 'tree' | 'active'>): number | undefined {
  for (let height = active.height; height >= 1; height--) {
    const id = active.at(height);
    if (!tree.hasData(id) || !tree.hasUndo(id)) return height;
  }
  return undefined;
}
