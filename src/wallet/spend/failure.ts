/** A transaction that cannot be made, in Core's words. */
export class SpendFailure {
  constructor(readonly error: string) {}
}
