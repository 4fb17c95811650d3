import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { executablePath } from '../regtest/executables.js';
import { NETWORK_MODES, type NetworkMode } from '../regtest/fabric.js';
import { defined } from '../src/runtime/errors.js';
import { processUsage } from './process-usage.js';
import { median } from './statistics.js';

const SIZES = [1, 4, 16];
const RUNS = 5;

interface Start {
  /** From starting the process to its ready line. */
  readonly milliseconds: number;
  /** Of the lab and its daemons up to then. */
  readonly cpuSeconds: number;
}

/** What `npm start` takes until a network is ready, beside what Node itself takes to start. */
export async function start(): Promise<Record<string, unknown>> {
  const bare = median(Array.from({ length: RUNS }, bareStart));
  console.log(`${'node -e 0'.padEnd(24)}${bare.toFixed(0).padStart(6)} ms`);
  const result: Record<string, unknown> = { bareNodeMs: Math.round(bare) };
  for (const mode of NETWORK_MODES) {
    for (const nodes of SIZES) {
      const runs: Start[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await startLab(nodes, mode));
      const all = runs.map(({ milliseconds }) => milliseconds);
      const figures = {
        ms: Math.round(median(all)),
        slowestMs: Math.round(Math.max(...all)),
        cpuSeconds: Number(median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)),
        ratioToNode: Number((median(all) / bare).toFixed(1)),
      };
      result[`${mode}${nodes}`] = figures;
      const { ms, slowestMs, cpuSeconds, ratioToNode } = figures;
      console.log(
        `${`${nodes} × ${mode}`.padEnd(24)}${String(ms).padStart(6)} ms (slowest ${slowestMs}), ` +
          `${cpuSeconds.toFixed(2)} s of CPU, ${ratioToNode} × node`,
      );
    }
  }
  return result;
}

function bareStart(): number {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - started;
}

async function startLab(nodes: number, mode: NetworkMode): Promise<Start> {
  const started = performance.now();
  const args = ['up', '--nodes', String(nodes), '--mode', mode, '--name', `bench-${process.pid}`, '--json'];
  const lab = spawn(process.execPath, [executablePath('blocksmith'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const ready = await readyLine(lab);
    const milliseconds = performance.now() - started;
    const pids = [lab.pid, ...ready.nodes.map(({ pid }) => pid)].filter(pid => pid !== undefined);
    const cpuSeconds = pids.reduce((sum, pid) => sum + processUsage(pid).cpuSeconds, 0);
    return { milliseconds, cpuSeconds };
  } finally {
    lab.kill('SIGINT');
    await once(lab, 'exit');
  }
}

interface ReadyLine {
  readonly nodes: readonly { readonly pid?: number }[];
}

async function readyLine(lab: ChildProcess): Promise<ReadyLine> {
  for await (const line of createInterface({
    input: defined(lab.stdout ?? undefined, 'output of the lab'),
  })) {
    return JSON.parse(line) as ReadyLine;
  }
  throw new Error('the lab ended before it was ready');
}
