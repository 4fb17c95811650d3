import type { BlockFileInfo } from '../store/block-store.js';

/** Heights of blocks that may be pruned, both inclusive. */
export interface PruneRange {
  readonly first: number;
  readonly last: number;
}

/** Bytes that block and undo files take, those they may, and those to be kept free for what comes before the next look. */
export interface PruneGoal {
  readonly used: number;
  readonly target: number;
  readonly reserve: number;
}

/**
 * Files whose blocks all lie within `range`, oldest first.
 *
 * @param infos of all files that may go: the last one, which is being filled, is not among them
 */
export function prunableFiles(infos: readonly BlockFileInfo[], range: PruneRange): number[] {
  return infos.flatMap((info, file) => (isWithin(info, range) ? [file] : []));
}

/** Those of {@link prunableFiles} that must go, oldest first, for the goal to be met, or all if it cannot be. */
export function filesOverTarget(
  infos: readonly BlockFileInfo[],
  range: PruneRange,
  { used, target, reserve }: PruneGoal,
): number[] {
  const chosen: number[] = [];
  let left = used;
  for (const [file, info] of infos.entries()) {
    if (left + reserve < target) break;
    if (!isWithin(info, range)) continue;
    chosen.push(file);
    left -= info.size + info.undoSize;
  }
  return chosen;
}

function isWithin(info: BlockFileInfo, { first, last }: PruneRange): boolean {
  return info.size > 0 && info.heightFirst >= first && info.heightLast <= last;
}
