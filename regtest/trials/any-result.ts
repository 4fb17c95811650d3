import type { CensorResult } from './censor.js';
import type { TrialResult } from './double-spend.js';
import type { EclipseResult } from './eclipse.js';
import type { PartitionResult } from './partition.js';
import type { SelfishResult } from './selfish.js';

/** What trials of any kind have come to; `kind` tells which. */
export type AnyTrialResult = TrialResult | SelfishResult | EclipseResult | CensorResult | PartitionResult;
