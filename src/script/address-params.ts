/** What addresses and keys look like on a network. Network parameters (`consensus`) carry one of these. */
export interface AddressParams {
  /** Base58 version byte of P2PKH addresses. */
  readonly pubKeyHashPrefix: number;
  /** Base58 version byte of P2SH addresses. */
  readonly scriptHashPrefix: number;
  /** Base58 version byte of WIF private keys. */
  readonly secretKeyPrefix: number;
  /** BIP32 version bytes as a 32-bit number: xpub/tpub and xprv/tprv. */
  readonly extendedPublicPrefix: number;
  readonly extendedPrivatePrefix: number;
  /** Human-readable part of segwit addresses. */
  readonly bech32Hrp: string;
}
