/** Bytes of a message's payload: a block fits, nothing larger is known. */
export const MAX_PROTOCOL_MESSAGE_LENGTH = 4_000_000;
/** Entries of inv, getdata and notfound: 1.8 MB of hashes. */
export const MAX_INV_SIZE = 50_000;
/** Headers in one answer; a full answer means that there are more. */
export const MAX_HEADERS_RESULTS = 2000;
/** Entries of addr and addrv2. */
export const MAX_ADDR_TO_SEND = 1000;
/** Hashes of a locator: 101 reach back exponentially beyond any chain, and finding each costs a look-up. */
export const MAX_LOCATOR_SIZE = 101;
/** Bytes of a user agent. */
export const MAX_SUBVERSION_LENGTH = 256;
/** Block hashes that getblocks is answered with. */
export const MAX_GETBLOCKS_RESULTS = 500;
/** Transactions asked for in one getdata. */
export const MAX_GETDATA_SIZE = 1000;
/** Bytes of a bloom filter and of one element added to it (BIP37). */
export const MAX_BLOOM_FILTER_SIZE = 36_000;
export const MAX_FILTER_ADD_SIZE = 520;
/** Transactions of a block in a compact block: what fits into a block's weight at 60 bytes each. */
export const MAX_COMPACT_TRANSACTIONS = 66_666;
