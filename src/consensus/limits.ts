/** BIP141: weight units that a block may have. */
export const MAX_BLOCK_WEIGHT = 4_000_000;

/** Bytes that a serialised block can have at most; follows from the weight. Bounds buffers, is not itself a rule. */
export const MAX_BLOCK_SERIALIZED_SIZE = 4_000_000;

/** BIP141: signature operations of a block, weighted (legacy and P2SH count four times, witness once). */
export const MAX_BLOCK_SIGOPS_COST = 80_000;

/** Blocks that must be on top of a coinbase, counting its own, before it may be spent. */
export const COINBASE_MATURITY = 100;

export { LOCKTIME_THRESHOLD } from '../script/limits.js';

/** Seconds that a block's time may be ahead of our clock. */
export const MAX_FUTURE_BLOCK_TIME = 2 * 60 * 60;

/**
 * Seconds by which a block's time may be wrong in either direction: a wallet's birthday less this is where its
 * rescan has to start.
 */
export const TIMESTAMP_WINDOW = MAX_FUTURE_BLOCK_TIME;

/** BIP94: seconds by which the first block of a difficulty period may be earlier than the block before it. */
export const MAX_TIMEWARP = 600;

/** Blocks over which the median time past is taken. */
export const MEDIAN_TIME_SPAN = 11;

/** A coinbase's scriptSig has between 2 and 100 bytes. */
export const MIN_COINBASE_SCRIPT_SIZE = 2;
export const MAX_COINBASE_SCRIPT_SIZE = 100;
