import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Summary, Unit } from './report.js';

/** Figures of all benchmarks by benchmark and name, and what they were measured on. */
export interface Results {
  readonly machine: Machine;
  readonly benchmarks: Readonly<Record<string, Readonly<Record<string, Summary>>>>;
}

interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

/** Below this share a difference is noise, however narrow the spreads. */
const NOISE = 0.1;

/** Figures of which more is better. */
const MORE_IS_BETTER: ReadonlySet<Unit> = new Set(['/s', '%']);

/** Stored figures to compare with, in the folder from which benchmarks are run. */
export const BASELINE_FILE = join('bench', 'baseline.json');

export function thisMachine(): Machine {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
}

/** @returns undefined when there is none */
export function readBaseline(): Results | undefined {
  try {
    return JSON.parse(readFileSync(BASELINE_FILE, 'utf8')) as Results;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Stores these figures; those of benchmarks that were not run stay. */
export function writeBaseline(results: Results): void {
  const former = readBaseline();
  const benchmarks = { ...former?.benchmarks, ...results.benchmarks };
  writeFileSync(BASELINE_FILE, `${JSON.stringify({ machine: results.machine, benchmarks }, null, 2)}\n`);
}

/** How a figure compares with its stored one. `change` above 0 is worse. */
export interface Comparison {
  readonly benchmark: string;
  readonly name: string;
  readonly change: number;
  readonly verdict: 'slower' | 'faster' | 'as before';
}

/**
 * Compares figures that both have. On another machine only ratios to references say something.
 *
 * A figure is slower when its median is worse by more than 10 % and the spreads do not overlap.
 */
export function compare(now: Results, before: Results): readonly Comparison[] {
  const isSame = now.machine.cpu === before.machine.cpu && now.machine.cores === before.machine.cores;
  return Object.entries(now.benchmarks).flatMap(([benchmark, figures]) =>
    Object.entries(figures).flatMap(([name, figure]) => {
      const former = before.benchmarks[benchmark]?.[name];
      const change = former && changeOf(figure, former, isSame);
      return change === undefined ? [] : [{ benchmark, name, ...change }];
    }),
  );
}

function changeOf(
  now: Summary,
  before: Summary,
  isSameMachine: boolean,
): Pick<Comparison, 'change' | 'verdict'> | undefined {
  const scale = isSameMachine ? 1 : scaleOf(now, before);
  if (scale === undefined || before.median === 0) return undefined;
  const difference = (now.median * scale) / before.median - 1;
  const change = MORE_IS_BETTER.has(now.unit) ? -difference : difference;
  const overlaps = now.min * scale <= before.max && before.min <= now.max * scale;
  if (Math.abs(change) <= NOISE || overlaps) return { change, verdict: 'as before' };
  return { change, verdict: change > 0 ? 'slower' : 'faster' };
}

/** What makes figures of another machine comparable: their references are taken for equal. */
function scaleOf(now: Summary, before: Summary): number | undefined {
  if (now.ratio === undefined || before.ratio === undefined || now.median === 0 || before.ratio === 0)
    return undefined;
  return (now.ratio / before.ratio) * (before.median / now.median);
}
