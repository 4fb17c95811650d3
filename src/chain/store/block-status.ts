/** Status bits of a block index entry (Core's BlockStatus). The lowest three bits are a level, not flags. */
export const BlockStatus = {
  /** Header is good and so are all its ancestors'. */
  VALID_TREE: 2,
  /** The checks that need no coins passed; the number of transactions is known. */
  VALID_TRANSACTIONS: 3,
  /** Spends no more than there is; all ancestors are as valid. */
  VALID_CHAIN: 4,
  /** Scripts and signatures are good; all ancestors are as valid. */
  VALID_SCRIPTS: 5,
  /** Mask of the level. */
  VALID_MASK: 7,
  /** Block data are in a blk file. */
  HAVE_DATA: 8,
  /** Undo data are in a rev file. */
  HAVE_UNDO: 16,
  HAVE_MASK: 24,
  /** The check after the level reached failed. */
  FAILED_VALID: 32,
  /** Descends from a block that failed. */
  FAILED_CHILD: 64,
  FAILED_MASK: 96,
  /** Block data were stored with their witnesses. */
  OPT_WITNESS: 128,
  /** Was set for ancestors of a snapshot's base; not used. */
  STATUS_RESERVED: 256,
} as const;
