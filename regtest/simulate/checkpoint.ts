import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFileAtomically } from '../../src/runtime/files.js';
import type { SimulationOptions } from './options.js';
import { Simulation } from './simulation.js';
import { readState, type StateJson, writeState } from './state-json.js';

const FORMAT = 'blocksmith-simulation';

/** Raised when a run would go on differently from the same state, or the state is written differently. */
const VERSION = 1;

/** A file that a simulation cannot go on from. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

interface Checkpoint {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly options: SimulationOptions;
  /** SHA-256 of the JSON of options and state, in hex. */
  readonly checksum: string;
  readonly state: StateJson;
}

/** Writes where a simulation stands. The file is whole at any time: the former one is replaced at once. */
export function writeCheckpoint(path: string, simulation: Simulation): void {
  const { options } = simulation;
  const state = writeState(simulation.save());
  const checksum = checksumOf(options, state);
  const checkpoint: Checkpoint = { format: FORMAT, version: VERSION, options, checksum, state };
  writeFileAtomically(path, JSON.stringify(checkpoint));
}

/**
 * Reads a simulation that goes on bit for bit as the one that was written.
 *
 * @param expected options that the caller asks for by name; the file's must be the same
 * @throws CheckpointError when the file is no checkpoint of this version, is damaged, or has other options
 */
export function readCheckpoint(path: string, expected: Partial<SimulationOptions> = {}): Simulation {
  const { options, state } = parse(path);
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [name, wanted] of Object.entries(expected)) {
    const written = given.get(name);
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(written)) continue;
    throw new CheckpointError(
      `${path} was written with ${name} ${JSON.stringify(written) ?? 'not given'}, not ${JSON.stringify(wanted)}`,
    );
  }
  const simulation = new Simulation(options);
  simulation.restore(readState(state));
  return simulation;
}

function parse(path: string): Checkpoint {
  const text = readFileSync(path, 'utf8');
  let value: Partial<Checkpoint> | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CheckpointError(`${path} is no checkpoint of a simulation`);
  }
  if (value?.format !== FORMAT) throw new CheckpointError(`${path} is no checkpoint of a simulation`);
  if (value.version !== VERSION)
    throw new CheckpointError(`${path} has version ${value.version}; this program reads version ${VERSION}`);
  const { options, state, checksum } = value;
  if (options === undefined || state === undefined || checksum !== checksumOf(options, state))
    throw new CheckpointError(`${path} is damaged`);
  return { format: FORMAT, version: VERSION, options, checksum, state };
}

function checksumOf(options: SimulationOptions, state: StateJson): string {
  return createHash('sha256')
    .update(JSON.stringify([options, state]))
    .digest('hex');
}
