/** An unspent output with what spending it needs to know. */
export interface Coin {
  /** Satoshis. */
  readonly value: number;
  /** scriptPubKey. */
  readonly script: Uint8Array;
  /** Height of the block that created it. */
  readonly height: number;
  readonly coinbase: boolean;
}
