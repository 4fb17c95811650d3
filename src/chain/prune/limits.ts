/** Blocks below the tip that are never pruned, so that a reorganisation finds its way back (Core's MIN_BLOCKS_TO_KEEP). */
export const MIN_BLOCKS_TO_KEEP = 288;

/**
 * Least bytes that block and undo files may be held to: the blocks to keep at 1 MB each with 15 % for their undo data and
 * 20 % for those off the chain are 397 MB, and files are removed whole (Core's MIN_DISK_SPACE_FOR_BLOCK_FILES).
 */
export const MIN_PRUNE_TARGET_BYTES = 550 * 1024 * 1024;

/** Blocks kept below the lowest one that somebody still needs, for a reorganisation there (Core's PRUNE_LOCK_BUFFER). */
export const PRUNE_LOCK_BUFFER = 10;

/** What a block of the first download takes at the least, on average, when room for those to come is made. */
export const EXPECTED_BLOCK_BYTES = 1_000_000;
