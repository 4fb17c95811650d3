/** What the eclipse of a merchant is made of, simulated or on real nodes. */
export interface EclipseRules {
  /** The attacker's share of the hash rate, between 0 and 1. */
  readonly hashrate: number;
  /** Blocks that the merchant waits for, the one with the payment included. All he sees are the attacker's. */
  readonly confirmations: number;
  /** How long he waits for them, in mean block times, before he calls the deal off. */
  readonly patience: number;
  /** The chance that he learns of the conflicting transaction from elsewhere in time. */
  readonly watch: number;
}

/** A merchant waits this many times as long as his confirmations take on average, unless told otherwise. */
const DEFAULT_PATIENCE_FACTOR = 3;

/** How long a merchant waits for his confirmations, in mean block times. */
export function patienceFor(confirmations: number): number {
  return DEFAULT_PATIENCE_FACTOR * Math.max(confirmations, 1);
}

export type EclipseDecision = 'wait' | 'ship' | 'call off';

/** What the merchant does when so many confirmations and so much time have come. */
export function merchantDecides(rules: EclipseRules, confirmations: number, time: number): EclipseDecision {
  if (time > rules.patience) return 'call off';
  return confirmations >= rules.confirmations ? 'ship' : 'wait';
}
