import type { RunObserver } from '../headers/run-observer.js';
import { wilsonInterval } from '../statistics/wilson.js';
import type { Figure } from './figures.js';
import type { OnProgress } from './slices.js';

/** What trials of every kind are told. */
export interface TrialRun {
  readonly trials: number;
  readonly seed?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Watches the trials as they go. */
  readonly observer?: RunObserver | undefined;
}

/** What trials of every kind come to. */
export interface TrialOutcome {
  readonly trials: number;
  readonly seed: number;
  /** The figure that matters most: the attacker's chance, or his share. */
  readonly rate: number;
  /** Its true value lies between these with 95 and with 99 % confidence. */
  readonly low: number;
  readonly high: number;
  readonly low99: number;
  readonly high99: number;
  /** What the exact formula gives for the same rules. */
  readonly theory: number;
  readonly figures: readonly Figure[];
}

/** A share of trials as the figure that matters most. */
export function successRate(
  successes: number,
  trials: number,
): Pick<TrialOutcome, 'rate' | 'low' | 'high' | 'low99' | 'high99'> & { readonly successes: number } {
  const { low: low99, high: high99 } = wilsonInterval(successes, trials, 0.99);
  return { successes, rate: successes / trials, ...wilsonInterval(successes, trials), low99, high99 };
}
