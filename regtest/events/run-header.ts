import { RACE_MODES, type RaceMode } from '../rules/race-rules.js';
import { RELAYS, type Relay, type SimulationOptions } from '../simulate/options.js';
import type { TrialRules } from '../trials/any-trials.js';
import { atLine, RECORDING_FORMAT, RECORDING_VERSION, RecordingError, recordingKind } from './recording.js';
import { count, flag, list, number, oneOf, record, type Shape, tagged } from './shape.js';

/** What a recording of a run was made of: all that it follows from. */
export type RecordedRun =
  | { readonly kind: 'simulation'; readonly options: SimulationOptions }
  | {
      readonly kind: 'trials';
      readonly rules: TrialRules;
      readonly seed: number;
      /** Trials in the recording: the first of those that were run. */
      readonly trials: number;
    };

const shares = list(number);

const simulation: Shape<SimulationOptions> = record(
  {
    nodes: count,
    blocks: count,
    peers: count,
    interval: number,
    blockSize: number,
    relay: oneOf<Relay>(...RELAYS),
    validation: number,
    missing: number,
    hash: (value: unknown, at: string) =>
      Array.isArray(value) ? shares(value, at) : oneOf('uniform', 'zipf')(value, at),
    seed: count,
  },
  { latency: number, bandwidth: number, retarget: count },
);

const defences = record({}, { maxReorg: count, checkpoint: count, watch: number });

const rules: Shape<TrialRules> = tagged('kind', {
  'double-spend': record(
    { hashrate: number, confirmations: count },
    { giveUp: count, mode: oneOf<RaceMode>(...RACE_MODES), preMined: count, defences },
  ),
  selfish: record({ hashrate: number }, { gamma: number, randomTieBreak: flag, period: count }),
  eclipse: record({ hashrate: number, confirmations: count }, { patience: number, watch: number }),
  censor: record({ hashrate: number }, { giveUp: count }),
  partition: record({ hashrate: number, duration: number }, { maxReorg: count }),
});

const runs: Shape<RecordedRun> = tagged('kind', {
  simulation: record({ options: simulation }),
  trials: record({ rules, seed: count, trials: count }),
});

/** The first line of a run's recording: the same for the same run, in whatever order its options were given. */
export function runHeaderLine(run: RecordedRun): string {
  const fields = runs(run, 'run');
  return JSON.stringify({ format: RECORDING_FORMAT, version: RECORDING_VERSION, ...fields });
}

/** @throws RecordingError when it is the first line of something else */
export function parseRunHeader(line: string): RecordedRun {
  const { kind, fields } = recordingKind(line);
  if (kind !== 'simulation' && kind !== 'trials')
    throw new RecordingError(`this is the recording of a ${kind}, which does not follow from its options`, 1);
  return atLine(1, () => runs(fields, 'recording'));
}
