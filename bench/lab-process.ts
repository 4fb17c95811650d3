import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LabClient } from '../regtest/control/client.js';
import { executablePath } from '../regtest/executables.js';
import type { NetworkMode } from '../regtest/fabric.js';
import { Inspector } from './inspector.js';
import { processUsage } from './process-usage.js';

/** Of the lab's process, in megabytes, after its garbage was collected. */
export interface LabMemory {
  readonly heap: number;
  /** Bytes of blocks, transactions and the like, which lie outside of the heap. */
  readonly buffers: number;
  readonly rss: number;
  /** Resident memory of all daemons; 0 when the nodes live in the lab. */
  readonly daemons: number;
}

interface ReadyLine {
  readonly lab: { readonly control: string; readonly token: string; readonly page: string };
  readonly nodes: readonly { readonly pid?: number }[];
}

/** A lab in a process of its own, as `blocksmith up` starts it. */
export class LabProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly inspector: Inspector,
    private readonly folder: string,
    readonly client: LabClient,
    readonly pageUrl: string,
    /** Process ids of its nodes. */
    private readonly daemons: readonly number[],
  ) {}

  static async start(nodes: number, mode: NetworkMode): Promise<LabProcess> {
    // Nobody else's commands are to find it.
    const folder = mkdtempSync(join(tmpdir(), 'blocksmith-bench-'));
    const words = ['up', '--mode', mode, '--nodes', String(nodes), '--json'];
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', executablePath('blocksmith'), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, BLOCKSMITH_LAB_DIR: folder },
    });
    const [url, line] = await Promise.all([
      lineWith(child.stderr, /ws:\/\/\S+/),
      lineWith(child.stdout, /^\{.*\}$/),
    ]);
    const { lab, nodes: started }: ReadyLine = JSON.parse(line);
    const daemons = started.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    const client = LabClient.connect({ url: lab.control, token: lab.token });
    return new LabProcess(child, await Inspector.open(url), folder, client, lab.page, daemons);
  }

  /** Seconds of processor time of all its threads so far; daemons are apart. */
  get cpuSeconds(): number {
    return processUsage(this.child.pid ?? 0).cpuSeconds;
  }

  async memory(): Promise<LabMemory> {
    await this.inspector.send('HeapProfiler.collectGarbage');
    const { heapUsed, arrayBuffers, rss } = (await this.inspector.evaluate(
      'process.memoryUsage()',
    )) as NodeJS.MemoryUsage;
    const daemons = this.daemons.reduce((sum, pid) => sum + (processUsage(pid).rssBytes ?? 0), 0);
    return { heap: heapUsed / 1e6, buffers: arrayBuffers / 1e6, rss: rss / 1e6, daemons: daemons / 1e6 };
  }

  async startProfile(): Promise<void> {
    await this.inspector.send('Profiler.enable');
    await this.inspector.send('Profiler.start');
  }

  /** Writes what its main thread has done since {@link startProfile}. */
  async writeProfile(file: string): Promise<void> {
    const answer = await this.inspector.send('Profiler.stop');
    writeFileSync(file, JSON.stringify(Object(answer).profile));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    this.inspector.close();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

/** The first match in what a process says; the rest is read and left alone. */
async function lineWith(stream: Readable, pattern: RegExp): Promise<string> {
  const lines = createInterface({ input: stream });
  return new Promise((resolve, reject) => {
    lines.on('line', line => {
      const [found] = pattern.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    lines.on('close', () => reject(new Error('the lab did not start')));
  });
}
