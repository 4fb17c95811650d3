/** Limits of relay that wallets have to keep, too; the mempool (`mempool/policy/limits.ts`) has the others. */

/** Weight above which a transaction is not relayed: hashing for signatures may cost inputs times size. */
export const MAX_STANDARD_TX_WEIGHT = 400_000;

/**
 * Bytes without witness below which a transaction is not relayed: one of 64 could be taken for an inner node of a merkle
 * tree (CVE-2017-12842).
 */
export const MIN_STANDARD_TX_NONWITNESS_SIZE = 65;
