/** Why a block or header is refused, in Core's classes (`BlockValidationResult`): who is to blame, and for how long. */
export type BlockResult =
  /** Breaks a rule; invalid for ever. */
  | 'consensus'
  /** Was found invalid before. */
  | 'cached-invalid'
  /** Header breaks a rule (proof of work, time, version). */
  | 'invalid-header'
  /** The data do not match the header (merkle root, witness commitment): another form of the block may be valid. */
  | 'mutated'
  | 'missing-prev'
  | 'invalid-prev'
  /** Too far ahead of our clock; may be fine later. */
  | 'time-future'
  | 'checkpoint'
  /** Not enough work to keep a header for. */
  | 'low-work';

/** Why a transaction is refused, in Core's classes (`TxValidationResult`). */
export type TxResult =
  /** Breaks a consensus rule. */
  | 'consensus'
  | 'inputs-not-standard'
  | 'not-standard'
  /** An input is unknown or spent. */
  | 'missing-inputs'
  /** Lock time or maturity not reached. */
  | 'premature-spend'
  | 'witness-mutated'
  | 'witness-stripped'
  /** Already known, or conflicts with something that may not be replaced. */
  | 'conflict'
  | 'mempool-policy'
  /** Policy that a package could still meet (feerate). */
  | 'reconsiderable'
  | 'no-mempool';

/**
 * A broken rule. Checks return it (undefined when all is well) instead of throwing: a refusal is an expected answer.
 * `reason` is Core's reject string, `debug` the detail that Core adds after a comma.
 */
export interface Rejection<Result extends string> {
  readonly result: Result;
  readonly reason: string;
  readonly debug: string;
}

export type BlockRejection = Rejection<BlockResult>;
export type TxRejection = Rejection<TxResult>;

export function reject<Result extends string>(result: Result, reason: string, debug = ''): Rejection<Result> {
  return { result, reason, debug };
}

/** `reason, debug` as Core's `ValidationState::ToString()` writes it in logs and RPC errors. */
export function formatRejection(rejection: Rejection<string>): string {
  return rejection.debug === '' ? rejection.reason : `${rejection.reason}, ${rejection.debug}`;
}
