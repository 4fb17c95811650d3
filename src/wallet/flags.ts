/** Properties of a wallet, by the names of `getwalletinfo` and `setwalletflag`. */
export type WalletFlag =
  | 'avoid_reuse'
  | 'key_origin_metadata'
  | 'last_hardened_xpub_cached'
  | 'disable_private_keys'
  | 'blank'
  | 'descriptor_wallet'
  | 'external_signer';

/** Core's bit of each flag. */
const FLAG_BITS: readonly (readonly [WalletFlag, number])[] = [
  ['avoid_reuse', 0],
  ['key_origin_metadata', 1],
  ['last_hardened_xpub_cached', 2],
  ['disable_private_keys', 32],
  ['blank', 33],
  ['descriptor_wallet', 34],
  ['external_signer', 35],
];

export type WalletFlags = ReadonlySet<WalletFlag>;

/** Flags as one number of up to 53 bits, for storage. */
export function encodeFlags(flags: WalletFlags): number {
  return FLAG_BITS.reduce((sum, [flag, bit]) => sum + (flags.has(flag) ? 2 ** bit : 0), 0);
}

/** Reads {@link encodeFlags}; undefined when a bit is set that this version does not know. */
export function decodeFlags(value: number): Set<WalletFlag> | undefined {
  const flags = new Set<WalletFlag>();
  let rest = value;
  for (const [flag, bit] of FLAG_BITS.toReversed()) {
    if (rest < 2 ** bit) continue;
    // Bits above the known ones stay in `rest`: what is left is then too large again.
    rest -= 2 ** bit;
    flags.add(flag);
  }
  return rest === 0 ? flags : undefined;
}
