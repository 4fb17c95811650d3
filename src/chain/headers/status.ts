/**
 * State of a block, in Core's bits, as `blocks/index` stores them. The low three bits are a level, not flags: how far
 * the block has been checked.
 */
export const BlockStatus = {
  /** Header checked: proof of work, time, version; its ancestors are known. */
  VALID_TREE: 2,
  /** Transactions checked by themselves; `txCount` is known. */
  VALID_TRANSACTIONS: 3,
  /** Coins checked: no overspending, no double spend. Implies that all ancestors are. */
  VALID_CHAIN: 4,
  /** Scripts checked (or assumed valid). Implies that all ancestors are. */
  VALID_SCRIPTS: 5,
  VALID_MASK: 7,
  HAVE_DATA: 8,
  HAVE_UNDO: 16,
  /** The block itself broke a rule. */
  FAILED_VALID: 32,
  /** An ancestor broke a rule. */
  FAILED_CHILD: 64,
  FAILED_MASK: 32 | 64,
  /** Data were checked with their witness. */
  OPT_WITNESS: 128,
} as const;
