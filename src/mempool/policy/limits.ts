import { MAX_BLOCK_SIGOPS_COST } from '../../consensus/limits.js';

/** Highest transaction version that is relayed. */
export const MAX_STANDARD_TX_VERSION = 3;

/** Bytes of a relayed scriptSig: enough for a 15-of-15 P2SH multisig, with some room. */
export const MAX_STANDARD_SCRIPTSIG_SIZE = 1650;

/** Keys of a relayed bare multisig output. */
export const MAX_STANDARD_MULTISIG_KEYS = 3;

/** Signature operations of the redeem script of a relayed P2SH input. */
export const MAX_P2SH_SIGOPS = 15;

/** Signature operations (weighted) of one relayed transaction: a block must hold at least five. */
export const MAX_STANDARD_TX_SIGOPS_COST = MAX_BLOCK_SIGOPS_COST / 5;

/** Witness items beside the script, their bytes, and bytes of the script of a relayed P2WSH input. */
export const MAX_STANDARD_P2WSH_STACK_ITEMS = 100;
export const MAX_STANDARD_P2WSH_STACK_ITEM_SIZE = 80;
export const MAX_STANDARD_P2WSH_SCRIPT_SIZE = 3600;

/** Bytes of a witness item beside script and control block of a relayed tapscript input. */
export const MAX_STANDARD_TAPSCRIPT_STACK_ITEM_SIZE = 80;

/** Script of a data carrier output: OP_RETURN, two bytes of push, 80 of data. */
export const MAX_OP_RETURN_RELAY = 83;

/** Satoshis per 1000 vbytes. An output that costs more than its value to spend at this rate is dust. */
export const DUST_RELAY_FEE_RATE = 3000;
/** Satoshis per 1000 vbytes: default of -minrelaytxfee. */
export const DEFAULT_MIN_RELAY_FEE_RATE = 1000;
/** Satoshis per 1000 vbytes: default of -incrementalrelayfee. */
export const DEFAULT_INCREMENTAL_RELAY_FEE_RATE = 1000;

/** A signature operation counts as this many bytes when transactions are sized (-bytespersigop). */
export const DEFAULT_BYTES_PER_SIGOP = 20;

/** Default of -maxmempool in megabytes (10^6), alone and with -blocksonly. */
export const DEFAULT_MAX_MEMPOOL_MB = 300;
export const DEFAULT_BLOCKSONLY_MAX_MEMPOOL_MB = 5;
/** Default of -mempoolexpiry. */
export const DEFAULT_MEMPOOL_EXPIRY_HOURS = 336;

/**
 * Transactions and vbytes of an entry with its ancestors, and with its descendants (-limitancestorcount and so on).
 * They bound the work of adding, removing and selecting.
 */
export const DEFAULT_ANCESTOR_LIMIT = 25;
export const DEFAULT_ANCESTOR_SIZE_LIMIT = 101_000;
export const DEFAULT_DESCENDANT_LIMIT = 25;
export const DEFAULT_DESCENDANT_SIZE_LIMIT = 101_000;

/**
 * A transaction up to this many vbytes with one unconfirmed parent may be one more than its parent's descendant limit
 * (CPFP carve-out): so neither party of a contract can fill the limit against the other.
 */
export const EXTRA_DESCENDANT_TX_SIZE_LIMIT = 10_000;

/** Entries that one replacement may evict (BIP125 rule 5). */
export const MAX_REPLACEMENT_CANDIDATES = 100;

/** Version of topologically restricted transactions (BIP431), with their limits: one parent or one child, and small. */
export const TRUC_VERSION = 3;
export const TRUC_DESCENDANT_LIMIT = 2;
export const TRUC_ANCESTOR_LIMIT = 2;
export const TRUC_MAX_VSIZE = 10_000;
export const TRUC_CHILD_MAX_VSIZE = 1000;

/** Transactions and weight of a package: as much as the ancestor limits let through one by one. */
export const MAX_PACKAGE_COUNT = 25;
export const MAX_PACKAGE_WEIGHT = 404_000;

/** Seconds in which the rolling minimum feerate halves; faster when the mempool is less than half or a quarter full. */
export const ROLLING_FEE_HALFLIFE = 12 * 60 * 60;

/** Height given to coins that the mempool creates: higher than any block. */
export const MEMPOOL_HEIGHT = 0x7fffffff;
