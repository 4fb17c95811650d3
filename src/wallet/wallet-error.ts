/** What kind of refusal it is; RPC has an error code for each. */
export type WalletErrorCode =
  | 'failed'
  | 'not-found'
  | 'already-loaded'
  | 'already-exists'
  | 'insufficient-funds'
  | 'keypool-ran-out'
  | 'invalid-parameter'
  | 'invalid-address-or-key'
  | 'misc';

/** A request that the wallet cannot fulfil, in Core's words. Never a bug of ours. */
export class WalletError extends Error {
  override readonly name = 'WalletError';
  constructor(
    readonly code: WalletErrorCode,
    message: string,
  ) {
    super(message);
  }
}
