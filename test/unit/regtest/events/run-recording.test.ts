import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunRecorder, verifyReplay } from '../../../../regtest/events/record-run.js';
import { describeRunEvent, type RunEvent, RunRecordingParser } from '../../../../regtest/events/run-event.js';
import type { RecordedRun } from '../../../../regtest/events/run-header.js';
import { MAX_TAPE_EVENTS, RunTape } from '../../../../regtest/events/run-tape.js';
import { simulationOptions } from '../../../../regtest/simulate/options.js';
import { runSimulation } from '../../../../regtest/simulate/run.js';
import { Simulation } from '../../../../regtest/simulate/simulation.js';
import { runAnyTrials, type TrialRules } from '../../../../regtest/trials/any-trials.js';

const SIMULATION = {
  kind: 'simulation',
  options: simulationOptions({ nodes: 20, blocks: 60, peers: 3, interval: 5, seed: 3 }),
} as const;

const RULES: readonly TrialRules[] = [
  { kind: 'double-spend', hashrate: 0.4, confirmations: 2 },
  {
    kind: 'double-spend',
    hashrate: 0.4,
    confirmations: 3,
    mode: 'tie',
    defences: { maxReorg: 4, watch: 0.1 },
  },
  { kind: 'selfish', hashrate: 0.35, gamma: 0.5, period: 20 },
  { kind: 'eclipse', hashrate: 0.3, confirmations: 2 },
  { kind: 'censor', hashrate: 0.3 },
  { kind: 'partition', hashrate: 0.4, duration: 10 },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocksmith-run-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function recordRun(run: RecordedRun, name: string, trials = 50): Promise<string> {
  const file = join(folder, name);
  const recorder = RunRecorder.open(file, run);
  if (run.kind === 'simulation') await runSimulation(new Simulation(run.options, recorder.tape));
  else await runAnyTrials(run.rules, { seed: run.seed, trials, observer: recorder.tape });
  recorder.close();
  return file;
}

function eventsOf(file: string): readonly RunEvent[] {
  const parser = new RunRecordingParser();
  const events = parser.push(readFileSync(file, 'utf8'));
  expect(parser.end()).toBeUndefined();
  return events;
}

describe('the recording of a simulation', () => {
  it('is the same for the same options, whatever their order, and verified by running again', async () => {
    const first = await recordRun(SIMULATION, 'a.jsonl');
    const { seed, ...others } = SIMULATION.options;
    const second = await recordRun({ kind: 'simulation', options: { seed, ...others } }, 'b.jsonl');
    const bytes = readFileSync(first);
    expect(readFileSync(second).equals(bytes)).toBe(true);
    const lines = bytes.toString().split('\n').length - 1;
    expect(await verifyReplay(first)).toEqual({ run: SIMULATION, lines, bytes: bytes.length });
  });

  it('is another one for another seed', async () => {
    const other = { kind: 'simulation', options: { ...SIMULATION.options, seed: 4 } } as const;
    const [a, b] = [await recordRun(SIMULATION, 'a.jsonl'), await recordRun(other, 'c.jsonl')];
    expect(readFileSync(b).equals(readFileSync(a))).toBe(false);
  });

  it('tells how each block goes from its finder to all nodes', async () => {
    const events = eventsOf(await recordRun(SIMULATION, 'a.jsonl'));
    const found = events.filter(event => event.type === 'found');
    expect(found.map(({ block }) => block)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    for (const { block, node } of found) {
      const accepted = events.flatMap(event =>
        event.type === 'accepted' && event.block === block ? [event.node] : [],
      );
      expect(accepted[0]).toBe(node);
      expect(new Set(accepted).size).toBe(accepted.length);
    }
    const times = events.flatMap(event => ('time' in event ? [event.time] : []));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const tips = new Map(Array.from({ length: 20 }, (_, node) => [node, 0]));
    for (const event of events) {
      if (event.type !== 'tip') continue;
      expect(event.former).toBe(tips.get(event.node));
      tips.set(event.node, event.block);
    }
    expect(new Set(tips.values()).size).toBe(1);
  });

  it.each([
    ['a digit changed', (text: string) => text.replace(/"height":30,/, '"height":31,'), 'first that differs'],
    ['a line missing', (text: string) => text.replace(/\{"type":"accepted".*\n/, ''), 'first that differs'],
    ['its end missing', (text: string) => text.slice(0, -1), 'last'],
    ['more after its end', (text: string) => `${text}\n`, 'one more'],
  ] as const)('is not verified with %s', async (_, change, where) => {
    const text = readFileSync(await recordRun(SIMULATION, 'a.jsonl'), 'utf8');
    const file = join(folder, 'changed.jsonl');
    writeFileSync(file, change(text));
    const lines = text.trimEnd().split('\n');
    const changed = change(text).split('\n');
    const differs = lines.findIndex((line, index) => changed[index] !== line) + 1;
    const line = where === 'last' ? lines.length : where === 'one more' ? lines.length + 1 : differs;
    await expect(verifyReplay(file)).rejects.toThrow(new RegExp(`^line ${line}: `));
  });

  it('is not verified with another seed in its first line', async () => {
    const file = await recordRun(SIMULATION, 'seed.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed":3', '"seed":4'));
    await expect(verifyReplay(file)).rejects.toThrow(/^line \d+: the run gives something else/);
  });
});

describe('the recording of trials', () => {
  it.each(RULES)('of $kind is verified by running the first of them again', async rules => {
    const run = { kind: 'trials', rules, seed: 9, trials: 20 } as const;
    const file = await recordRun(run, 'trials.jsonl', 200);
    const { lines } = await verifyReplay(file);
    const events = eventsOf(file);
    expect(lines).toBe(events.length + 1);
    expect(events.filter(({ type }) => type === 'trial')).toHaveLength(20);
    expect(events.filter(({ type }) => type === 'tip').length).toBeGreaterThan(20);
    expect(describeRunEvent(events[1] ?? { type: 'trial', trial: 0 })).toBe('trial 1');
  });

  it('is refused when its rules make no sense', async () => {
    const run = { kind: 'trials', rules: { kind: 'selfish', hashrate: 0.3 }, seed: 1, trials: 2 } as const;
    const file = await recordRun(run, 'refused.jsonl', 2);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('0.3', '0.7'));
    await expect(verifyReplay(file)).rejects.toThrow(/^line 1: /);
    writeFileSync(file, text.replace('"trials":2', '"trials":1001'));
    await expect(verifyReplay(file)).rejects.toThrow(/line 1: a recording has 1000 trials at most/);
    writeFileSync(file, text.replace('selfish', 'selfless'));
    await expect(verifyReplay(file)).rejects.toThrow(/line 1: recording.rules.kind must be one of/);
  });
});

describe('the tape of a run', () => {
  it('ends at its limit, and says so', () => {
    let lines = 0;
    let last = '';
    const tape = new RunTape(line => {
      lines++;
      last = line;
    });
    for (let i = 0; i <= MAX_TAPE_EVENTS; i++) tape.accepted(1, 1);
    tape.end();
    expect(lines).toBe(MAX_TAPE_EVENTS + 1);
    expect(JSON.parse(last)).toEqual({ type: 'end', events: MAX_TAPE_EVENTS, isCut: true });
  });

  it('cannot be written where there is no such folder', () => {
    expect(() => RunRecorder.open(join(folder, 'nowhere', 'x'), SIMULATION)).toThrow(
      /cannot record to .*ENOENT/,
    );
  });
});
