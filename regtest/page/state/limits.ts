/** Blocks that the page keeps: an hour at one a second, or what is scrolled back to. The lowest go first. */
export const MAX_TREE_BLOCKS = 6000;

/** Events in the time line's list; recordings are held whole. */
export const MAX_LISTED_EVENTS = 5000;

/** Transactions whose lives are kept; the first seen go first. */
export const MAX_TRANSACTIONS = 2000;

/** Happenings in the life of one transaction, the last ones: some for each of fifty nodes. */
export const MAX_LIFE_STEPS = 400;

/** Transactions of a node's mempool that are told apart; of more only the number is known. */
export const MAX_MEMPOOL_TRANSACTIONS = 20_000;

/** Events of a recording: a million take about half a gigabyte as objects. */
export const MAX_RECORDED_EVENTS = 500_000;

/** What is said of a recording that holds more. */
export const TOO_MANY_EVENTS = `it holds more than ${MAX_RECORDED_EVENTS} events, which is more than the page takes`;
