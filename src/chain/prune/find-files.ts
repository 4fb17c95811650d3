import { NO_HEADER } from '../../consensus/chain-view.js';
import type { ChainState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import type { PruneTarget } from '../options.js';
import { BLOCK_FILE_CHUNK, UNDO_FILE_CHUNK } from '../store/block-files.js';
import { filesOverTarget, type PruneRange, prunableFiles } from './choose-files.js';
import { EXPECTED_BLOCK_BYTES, MIN_BLOCKS_TO_KEEP, MIN_PRUNE_TARGET_BYTES } from './limits.js';

/**
 * - `if-grown`: to the target, if disk space was allocated since the last look;
 * - `to-target`: to the target in any case;
 * - a height above 0: the operator wants everything up to it gone.
 */
export type PruneRequest = 'if-grown' | 'to-target' | number;

const MIB = 1024 * 1024;

/**
 * Chooses the files to be removed now (Core's FindFilesToPrune and FindFilesToPruneManual). None without -prune, and
 * none while the index is being built from the files.
 *
 * Effects: that files have grown is forgotten, for the next look. What was chosen is removed by `removeFiles`.
 */
export function findFilesToPrune(state: ChainState, request: PruneRequest): number[] {
  const { limits, reindexing } = state.shared;
  const { pruneTarget } = limits;
  if (pruneTarget === undefined || state.active.height < 0) return [];
  // What is allocated meanwhile still counts when it is over.
  if (reindexing) return [];
  if (typeof request === 'number' && request > 0) return filesUpTo(state, request);
  const hasGrown = state.blocks.takeGrown();
  return hasGrown || request === 'to-target' ? filesToTarget(state, pruneTarget) : [];
}

function filesUpTo(state: ChainState, height: number): number[] {
  const range = pruneRange(state, height);
  const files = prunableFiles(infosOf(state), range);
  const removed = `removed ${files.length} blk/rev pairs`;
  state.logger.info(`[${roleOf(state)}] Prune (Manual): prune_height=${range.last} ${removed}`);
  return files;
}

function filesToTarget(state: ChainState, whole: PruneTarget): number[] {
  const { active, params, blocks, logger, shared } = state;
  if (whole === 'manual' || active.height <= params.pruneAfterHeight) return [];
  const target = shareOf(whole, shared.states.length);
  const range = pruneRange(state, active.height);
  const used = blocks.usedBytes;
  // The next look comes after another chunk of either kind was allocated: it must fit in.
  const next = BLOCK_FILE_CHUNK + UNDO_FILE_CHUNK;
  const reserve = used + next >= target ? next + roomForDownload(state) : next;
  const infos = infosOf(state);
  const files = filesOverTarget(infos, range, { used, target, reserve });
  const freed = files.reduce((sum, file) => sum + sizeOf(infos[file]), 0);
  logger.debug('prune', `[${roleOf(state)}] ${describe(target, used - freed, range, files.length)}`);
  return files;
}

/** Two chains in use divide the room; neither gets less than a chain needs. */
function shareOf(target: number, chains: number): number {
  return chains === 1 ? target : Math.max(MIN_PRUNE_TARGET_BYTES, Math.trunc(target / chains));
}

/**
 * Each time files are removed, coins are written. So that the first download does not spend its time with that, it
 * makes room for all the blocks it is still to bring.
 */
function roomForDownload(state: ChainState): number {
  const { tree, active, shared } = state;
  const missing = tree.height(shared.bestHeader) - active.height;
  return missing > 0 && isInitialDownload(shared) ? EXPECTED_BLOCK_BYTES * missing : 0;
}

/**
 * What may be pruned: nothing close to the tip, nothing that somebody needs, and of a chain that starts from a snapshot
 * nothing that is validated behind it (Core's GetPruneRange).
 */
function pruneRange({ tree, active, base, shared, logger }: ChainState, wanted: number): PruneRange {
  const { height: allowed, lock } = shared.pruneLocks.limit(active.height);
  if (lock !== undefined) logger.debug('prune', `${lock} limited pruning to height ${allowed}`);
  const deepEnough = Math.max(active.height - MIN_BLOCKS_TO_KEEP, 0);
  const first = shared.background === undefined || base === NO_HEADER ? 0 : tree.height(base) + 1;
  return { first, last: Math.min(wanted, allowed, deepEnough) };
}

/** As Core's log names a chain state. */
function roleOf({ base }: ChainState): string {
  return base === NO_HEADER ? 'normal' : 'assumedvalid';
}

/** All files but the one that is being filled. */
function infosOf({ blocks }: ChainState) {
  return Array.from({ length: Math.max(blocks.fileCount - 1, 0) }, (_, file) => blocks.fileInfo(file));
}

function sizeOf(info: { readonly size: number; readonly undoSize: number } | undefined): number {
  return info === undefined ? 0 : info.size + info.undoSize;
}

function describe(target: number, used: number, { first, last }: PruneRange, count: number): string {
  const [wanted, actual, diff] = [target, used, target - used].map(bytes => Math.trunc(bytes / MIB));
  return (
    `target=${wanted}MiB actual=${actual}MiB diff=${diff}MiB ` +
    `min_height=${first} max_prune_height=${last} removed ${count} blk/rev pairs`
  );
}
