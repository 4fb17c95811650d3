import type { AnyTrialResult } from './any-result.js';
import { type CensorOptions, runCensorTrials } from './censor.js';
import { runTrials, type TrialOptions } from './double-spend.js';
import { type EclipseOptions, runEclipseTrials } from './eclipse.js';
import type { TrialRun } from './outcome.js';
import { type PartitionOptions, runPartitionTrials } from './partition.js';
import { runSelfishTrials, type SelfishOptions } from './selfish.js';

/** What an attack of any kind is told, apart from how often it is to be tried. */
export type TrialRules =
  | ({ readonly kind: 'double-spend' } & Omit<TrialOptions, keyof TrialRun>)
  | ({ readonly kind: 'selfish' } & Omit<SelfishOptions, keyof TrialRun>)
  | ({ readonly kind: 'eclipse' } & Omit<EclipseOptions, keyof TrialRun>)
  | ({ readonly kind: 'censor' } & Omit<CensorOptions, keyof TrialRun>)
  | ({ readonly kind: 'partition' } & Omit<PartitionOptions, keyof TrialRun>);

/** Runs trials of the kind that the rules are of. */
export function runAnyTrials(rules: TrialRules, run: TrialRun): Promise<AnyTrialResult> {
  switch (rules.kind) {
    case 'double-spend':
      return runTrials({ ...rules, ...run });
    case 'selfish':
      return runSelfishTrials({ ...rules, ...run });
    case 'eclipse':
      return runEclipseTrials({ ...rules, ...run });
    case 'censor':
      return runCensorTrials({ ...rules, ...run });
    case 'partition':
      return runPartitionTrials({ ...rules, ...run });
  }
}
