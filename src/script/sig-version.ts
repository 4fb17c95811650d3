/** Which rules a script runs under, and with them how its signatures commit to the transaction. */
export const SigVersion = {
  /** Bare scripts and P2SH. */
  BASE: 0,
  /** Witness version 0: P2WPKH and P2WSH (BIP141, BIP143). */
  WITNESS_V0: 1,
  /** Taproot key path (BIP341); runs no script. */
  TAPROOT: 2,
  /** Taproot script path, leaf version c0 (BIP342). */
  TAPSCRIPT: 3,
} as const;

export type SigVersion = (typeof SigVersion)[keyof typeof SigVersion];
