/**
 * The rules of consensus in numbers, written once more: were one of them changed in the node, the list of block rules,
 * which is made from these, would no longer agree with it.
 */

/** Satoshis. */
export const COIN = 100_000_000;
export const MAX_MONEY = 21_000_000 * COIN;
export const INITIAL_SUBSIDY = 50 * COIN;
/** Blocks between halvings on regtest. */
export const HALVING_INTERVAL = 150;

export const MAX_BLOCK_WEIGHT = 4_000_000;
/** Bytes without witness: the size limit from before BIP141, which follows from the weight. */
export const MAX_BASE_SIZE = 1_000_000;
export const WITNESS_SCALE = 4;
export const MAX_SIGOPS_COST = 80_000;
/** What CHECKMULTISIG counts for when nobody looks how many keys it takes. */
export const SIGOPS_OF_MULTISIG = 20;

export const COINBASE_MATURITY = 100;
export const MIN_COINBASE_SCRIPT = 2;
export const MAX_COINBASE_SCRIPT = 100;

export const MAX_SCRIPT_SIZE = 10_000;
export const MAX_ELEMENT_SIZE = 520;
export const MAX_OPS = 201;
export const MAX_STACK = 1000;
export const MAX_MULTISIG_KEYS = 20;

/** Blocks of which the median time is taken. */
export const MEDIAN_TIME_BLOCKS = 11;
/** Seconds. */
export const MAX_FUTURE_TIME = 7200;
export const MAX_TIMEWARP = 600;
/** Blocks of a difficulty period of regtest. */
export const DIFFICULTY_PERIOD = 144;

/** Lock times below are heights. */
export const LOCKTIME_THRESHOLD = 500_000_000;
export const SEQUENCE_FINAL = 0xffffffff;
export const SEQUENCE_DISABLE = 0x80000000;
export const SEQUENCE_TIME = 0x00400000;
/** Seconds of one unit of a relative lock by time. */
export const SEQUENCE_UNIT = 512;

/** Difficulty of regtest: every second hash is a block. */
export const EASIEST_BITS = 0x207fffff;

export const NULL_INDEX = 0xffffffff;

/** Header of the first block of regtest: what all chains here build on. */
export const GENESIS_HEADER =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61' +
  '7fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000';
/** Id of its coinbase, internal byte order. */
export const GENESIS_COINBASE_TXID = '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a';
