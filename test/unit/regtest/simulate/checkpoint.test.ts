import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError, readCheckpoint, writeCheckpoint } from '../../../../regtest/simulate/checkpoint.js';
import { csvLines } from '../../../../regtest/simulate/csv.js';
import { simulationOptions } from '../../../../regtest/simulate/options.js';
import { reportOf } from '../../../../regtest/simulate/report.js';
import { runSimulation } from '../../../../regtest/simulate/run.js';
import { Simulation } from '../../../../regtest/simulate/simulation.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocksmith-simulation-'));
  file = join(folder, 'run.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

function finish(simulation: Simulation): Simulation {
  while (simulation.advance(1e6));
  return simulation;
}

describe('a run that was written and read again', () => {
  it.each([
    ['compact', simulationOptions({ nodes: 40, blocks: 60, interval: 3 })],
    ['announce', simulationOptions({ nodes: 40, blocks: 60, interval: 6, relay: 'announce', hash: 'zipf' })],
    ['adjusting', simulationOptions({ nodes: 20, blocks: 80, interval: 2, retarget: 10, latency: 700 })],
  ])('goes on bit for bit: %s', (_name, options) => {
    const whole = finish(new Simulation(options));
    const total = whole.events;
    for (const part of [0, 0.01, 0.3, 0.5, 0.77, 1]) {
      const simulation = new Simulation(options);
      simulation.advance(Math.floor(total * part));
      writeCheckpoint(file, simulation);
      const resumed = finish(readCheckpoint(file));
      expect(reportOf(resumed)).toEqual(reportOf(whole));
      expect([...csvLines(resumed)]).toEqual([...csvLines(whole)]);
      expect(resumed.save()).toEqual(whole.save());
    }
  });

  it('can be written and read again and again', () => {
    const options = simulationOptions({ nodes: 30, blocks: 40, interval: 3 });
    let simulation = new Simulation(options);
    while (!simulation.isDone) {
      simulation.advance(211);
      writeCheckpoint(file, simulation);
      simulation = readCheckpoint(file);
    }
    expect(reportOf(simulation)).toEqual(reportOf(finish(new Simulation(options))));
  });
});

describe('the file', () => {
  const options = simulationOptions({ nodes: 20, blocks: 30, latency: 100 });

  beforeEach(() => {
    const simulation = new Simulation(options);
    simulation.advance(500);
    writeCheckpoint(file, simulation);
  });

  it('is refused for other options, by name', () => {
    expect(() => readCheckpoint(file, options)).not.toThrow();
    expect(() => readCheckpoint(file, { seed: 1, hash: 'uniform' })).not.toThrow();
    expect(() => readCheckpoint(file, { nodes: 21 })).toThrow(/with nodes 20, not 21/);
    expect(() => readCheckpoint(file, { hash: [0.5] })).toThrow(/with hash "uniform", not \[0.5\]/);
    expect(() => readCheckpoint(file, { bandwidth: 5 })).toThrow(/with bandwidth not given, not 5/);
  });

  it('is refused when it is damaged, of another version or something else', () => {
    const text = readFileSync(file, 'utf8');
    const change = (from: string | RegExp, to: string) => {
      expect(text).toMatch(from);
      writeFileSync(file, text.replace(from, to));
      return () => readCheckpoint(file);
    };
    expect(change('"nextOrder":', '"nextOrder":1')).toThrow(/is damaged/);
    expect(change('"nodes":20', '"nodes":10')).toThrow(/is damaged/);
    expect(change('"version":1', '"version":2')).toThrow(/has version 2; this program reads version 1/);
    expect(change('blocksmith-simulation', 'something')).toThrow(/is no checkpoint/);
    writeFileSync(file, text.slice(0, -100));
    expect(() => readCheckpoint(file)).toThrow(CheckpointError);
    writeFileSync(file, 'null');
    expect(() => readCheckpoint(file)).toThrow(CheckpointError);
    expect(() => readCheckpoint(join(folder, 'nothing'))).toThrow(/ENOENT/);
  });
});

describe('a run', () => {
  it('that is ended leaves a checkpoint from which it can be finished', async () => {
    const options = simulationOptions({ nodes: 100, blocks: 200, interval: 20 });
    const controller = new AbortController();
    const simulation = new Simulation(options);
    const run = runSimulation(simulation, {
      signal: controller.signal,
      onProgress: ({ events }) => events >= 40_000 && controller.abort(new Error('enough')),
      checkpoint: { path: file, everyMs: 1e9 },
    });
    await expect(run).rejects.toThrow('enough');
    const resumed = readCheckpoint(file, options);
    expect(resumed.isDone).toBe(false);
    expect(resumed.events).toBe(simulation.events);
    await runSimulation(resumed);
    expect(reportOf(resumed)).toEqual(reportOf(finish(new Simulation(options))));
  });

  it('writes checkpoints now and then', async () => {
    const simulation = new Simulation(simulationOptions({ nodes: 100, blocks: 100, interval: 20 }));
    await runSimulation(simulation, { checkpoint: { path: file, everyMs: 0 } });
    expect(readCheckpoint(file).events).toBeGreaterThan(0);
  });
});
