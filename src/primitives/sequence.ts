/** What an input's sequence number says beside finality (BIP68, BIP125). */

/** The largest sequence number that lets the lock time count. */
export const MAX_NON_FINAL_SEQUENCE = 0xfffffffe;

/** The largest sequence number that says: this transaction may be replaced (BIP125). */
export const MAX_REPLACEABLE_SEQUENCE = 0xfffffffd;

/** With this bit a sequence number is no relative lock time (BIP68). */
export const SEQUENCE_LOCKTIME_DISABLE_FLAG = 0x80000000;
/** With this bit a relative lock time counts units of 512 seconds, without it blocks. */
export const SEQUENCE_LOCKTIME_TYPE_FLAG = 0x00400000;
/** The bits that hold a relative lock time. */
export const SEQUENCE_LOCKTIME_MASK = 0x0000ffff;
/** Units of relative lock time are 2^9 = 512 seconds. */
export const SEQUENCE_LOCKTIME_GRANULARITY = 9;

/** A transaction says of itself that it may be replaced (BIP125 without what it inherits from unconfirmed parents). */
export function signalsReplaceability(tx: {
  readonly inputs: readonly { readonly sequence: number }[];
}): boolean {
  return tx.inputs.some(({ sequence }) => sequence <= MAX_REPLACEABLE_SEQUENCE);
}
