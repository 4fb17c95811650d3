import { writeCheckpoint } from './checkpoint.js';
import type { Simulation } from './simulation.js';

/** Events between two looks at the clock and at signals: some tens of milliseconds. */
const EVENTS_PER_SLICE = 20_000;

export interface RunOptions {
  /** Ends the run between two slices. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((simulation: Simulation) => void) | undefined;
  /** Written now and then, and when the run is ended by the signal. */
  readonly checkpoint?: { readonly path: string; readonly everyMs: number } | undefined;
}

/**
 * Runs a simulation to its end. Slices change nothing in what happens.
 *
 * @throws the signal's reason when it is aborted, after a checkpoint has been written
 */
export async function runSimulation(simulation: Simulation, options: RunOptions = {}): Promise<void> {
  const { signal, onProgress, checkpoint } = options;
  let writtenAt = performance.now();
  while (simulation.advance(EVENTS_PER_SLICE)) {
    await new Promise(resolve => setImmediate(resolve));
    onProgress?.(simulation);
    const isDue = checkpoint !== undefined && performance.now() - writtenAt >= checkpoint.everyMs;
    if (checkpoint !== undefined && (isDue || signal?.aborted === true)) {
      writeCheckpoint(checkpoint.path, simulation);
      writtenAt = performance.now();
    }
    signal?.throwIfAborted();
  }
}
