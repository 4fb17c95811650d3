export interface FundOptions {
  /** Mine a block with the payment, which is the default; otherwise it waits in the mempools. */
  readonly confirm?: boolean | undefined;
}

export interface FundResult {
  readonly txid: string;
  /** Hash of the block that has the payment. */
  readonly block?: string;
}
