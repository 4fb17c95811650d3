/** Signature hash types: which parts of the transaction a signature covers. */
export const SigHash = {
  /** BIP341 only: the same as ALL, said by leaving the byte out. */
  DEFAULT: 0,
  ALL: 1,
  NONE: 2,
  SINGLE: 3,
  ANYONECANPAY: 0x80,
} as const;

/** Bits of a pre-taproot hash type that choose the outputs. */
export const OUTPUT_BITS = 0x1f;

/** Bits of a taproot hash type that choose the outputs. */
export const TAPROOT_OUTPUT_BITS = 3;

/** True for the hash types that BIP341 allows: 00 … 03 and 81 … 83. */
export function isTaprootHashType(hashType: number): boolean {
  return (hashType >= 0 && hashType <= 3) || (hashType >= 0x81 && hashType <= 0x83);
}
