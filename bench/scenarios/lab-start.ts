import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { executablePath } from '../../regtest/executables.js';
import { NETWORK_MODES, type NetworkMode } from '../../regtest/fabric.js';
import { defined } from '../../src/runtime/errors.js';
import { RUNS } from '../benchmark.js';
import { processUsage } from '../process-usage.js';
import { bareStartMs } from '../references.js';
import type { Report } from '../report.js';

const SIZES = [1, 4, 16];

interface Start {
  /** From starting the process to its ready line. */
  readonly milliseconds: number;
  /** Of the lab and its daemons up to then. */
  readonly cpuSeconds: number;
}

/** What `npm start` takes until a network is ready. */
export async function labStart(report: Report): Promise<void> {
  const reference = { name: 'node -e 0', value: bareStartMs() };
  for (const mode of NETWORK_MODES) {
    for (const nodes of SIZES) {
      const runs: Start[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await startLab(nodes, mode));
      const values = runs.map(({ milliseconds }) => milliseconds);
      report.add({ name: `${nodes} × ${mode}`, unit: 'ms', values, reference });
      const cpu = runs.map(({ cpuSeconds }) => 1000 * cpuSeconds);
      report.add({ name: `${nodes} × ${mode}, processor time`, unit: 'ms', values: cpu, reference });
    }
  }
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
