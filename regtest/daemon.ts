import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NodeMemory } from '../src/node/home.js';
import { DaemonEvents } from './events/daemon-events.js';
import { executablePath } from './executables.js';
import { type HostEvent, LOG_TAIL_LINES, type NodeHost } from './host.js';
import { labSettings } from './node-settings.js';
import { freePorts } from './ports.js';
import { RPC_IN_WARMUP, RpcCallError, RpcUnreachable } from './rpc/caller.js';
import { RpcClient } from './rpc/client.js';
import { DirectoryState } from './snapshots/directory-state.js';
import type { NodeState } from './snapshots/node-state.js';
import { DEFAULT_TIMEOUT_MS, WaitTimeout, waitFor } from './wait.js';

/** The process of a node ended, or did not get ready, when it should have run. */
export class DaemonFailed extends Error {
  override readonly name = 'DaemonFailed';
}

export interface DaemonOptions {
  /** In the user agent, so that nodes tell each other apart; letters, digits and dashes. */
  readonly name: string;
  readonly datadir: string;
  /** More options of blocksmithd, such as `-txindex`. */
  readonly args?: readonly string[] | undefined;
  /** Options that are asked for anew at each start. */
  readonly startArgs?: (() => readonly string[]) | undefined;
}

/** Beside the directories of daemons: states that they can be brought back to. */
export const STATES_FOLDER = 'lab-snapshots';

/** Somebody else may take the ports between choosing and using them; not that often. */
const START_ATTEMPTS = 5;

const STOP_TIMEOUT_MS = 20_000;
const TERMINATE_TIMEOUT_MS = 5_000;

/** Bytes of standard error that are kept for telling why a node ended. */
const MAX_STDERR = 16_384;

/** Children that run, so that none is left behind when this process ends in whatever way it notices. */
const running = new Set<ChildProcess>();
let exitHookSet = false;

const ends = new WeakMap<ChildProcess, Promise<void>>();

/**
 * One node as a process of its own, with a data directory and ports of its own on 127.0.0.1.
 *
 * The process ends with this one even when this one is killed: it stops when its standard input closes.
 */
export class RegtestDaemon implements NodeHost {
  private child: ChildProcess | undefined;
  private client: RpcClient | undefined;
  private ports: { readonly p2p: number; readonly rpc: number } | undefined;
  private stderr = '';
  private readonly events = new DaemonEvents();

  constructor(private readonly options: DaemonOptions) {}

  get name(): string {
    return this.options.name;
  }

  get datadir(): string {
    return this.options.datadir;
  }

  /** Where the node writes its cookie while it runs. */
  get cookieFile(): string {
    return join(this.networkDir, '.cookie');
  }

  /** The client finds port and cookie through the data directory. */
  get clientArgs(): readonly string[] {
    return [`-datadir=${this.datadir}`, '-regtest'];
  }

  get p2pPort(): number {
    return this.startedPorts.p2p;
  }

  get rpcPort(): number {
    return this.startedPorts.rpc;
  }

  /** Calls to the node. */
  get rpc(): RpcClient {
    if (this.client === undefined) throw new DaemonFailed(`${this.name} was not started`);
    return this.client;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && !hasEnded(this.child);
  }

  /** Resolves when the process that runs now has ended, for whatever reason. */
  get exited(): Promise<void> {
    return this.child === undefined ? Promise.resolve() : ended(this.child);
  }

  onEvent(listener: (event: HostEvent) => void): void {
    this.events.listen(listener);
  }

  /**
   * Starts the process and waits until calls are answered. After a stop it is the same node again, with the same ports
   * when they are still free.
   *
   * @throws DaemonFailed with what the node wrote
   */
  async start(): Promise<void> {
    await mkdir(this.datadir, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const child = await this.spawn();
      try {
        await this.waitUntilReady(child);
        this.events.answers();
        return;
      } catch (thrown) {
        child.kill('SIGKILL');
        await ended(child);
        if (attempt === START_ATTEMPTS || !this.lostItsPorts()) throw thrown;
        this.ports = undefined;
      }
    }
  }

  /** Stops the node by RPC; when that fails, by SIGTERM; in the end by SIGKILL. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    if (!hasEnded(child)) {
      this.events.stops();
      const asked = await this.rpc.call('stop').then(
        () => true,
        () => false,
      );
      if (!(asked && (await endsWithin(child, STOP_TIMEOUT_MS)))) {
        child.kill('SIGTERM');
        if (!(await endsWithin(child, TERMINATE_TIMEOUT_MS))) child.kill('SIGKILL');
        await ended(child);
      }
    }
    await this.events.allTold();
    this.client?.close();
  }

  /** Ends the process by a signal, as a crash would, and waits for its end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    child.kill(signal);
    await ended(child);
    await this.events.allTold();
    this.client?.close();
  }

  readonly savesWhileRunning = false;

  async caughtUp(): Promise<void> {
    await waitFor(async () => (await this.rpc.call('getmempoolinfo')).loaded, {
      what: `${this.name} to read its mempool`,
    });
  }

  async save(): Promise<DirectoryState> {
    this.requireStopped();
    await mkdir(this.networkDir, { recursive: true });
    return DirectoryState.save(this.networkDir, this.statesDir);
  }

  async restore(state: NodeState): Promise<void> {
    this.requireStopped();
    if (!(state instanceof DirectoryState)) throw new TypeError('the state is not one of a daemon');
    await state.putInto(this.networkDir);
  }

  stateOf(memory: NodeMemory): Promise<DirectoryState> {
    return DirectoryState.of(memory, this.statesDir);
  }

  /** Where states of the node are kept: on the file system of its data. */
  private get statesDir(): string {
    return join(dirname(this.datadir), STATES_FOLDER);
  }

  private get networkDir(): string {
    return join(this.datadir, 'regtest');
  }

  private requireStopped(): void {
    if (this.isRunning) throw new DaemonFailed(`${this.name} runs: its data cannot be touched`);
  }

  /** The last lines of debug.log, empty when there is none. */
  logTail(lines = LOG_TAIL_LINES): string {
    const file = join(this.networkDir, 'debug.log');
    if (!existsSync(file)) return '';
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  private get startedPorts(): { readonly p2p: number; readonly rpc: number } {
    if (this.ports === undefined) throw new DaemonFailed(`${this.name} was not started`);
    return this.ports;
  }

  private async spawn(): Promise<ChildProcess> {
    const ports = this.ports ?? (await choosePorts());
    this.ports = ports;
    await writeFile(join(this.datadir, 'bitcoin.conf'), configText(this.name, ports));
    this.client?.close();
    this.client = new RpcClient({ port: ports.rpc, cookieFile: this.cookieFile });
    this.stderr = '';
    const { args: more = [], startArgs = () => [] } = this.options;
    const args = [executablePath('blocksmithd'), `-datadir=${this.datadir}`, ...startArgs(), ...more];
    const { stdio, env } = this.events.wiring;
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'ignore', 'pipe', ...stdio],
      env: { ...process.env, BLOCKSMITH_PARENT_PIPE: '1', ...env },
    });
    track(child);
    this.events.follow(child, ended(child));
    child.stdin?.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-MAX_STDERR);
    });
    this.child = child;
    return child;
  }

  private async waitUntilReady(child: ChildProcess): Promise<void> {
    try {
      await waitFor(() => this.isReady(child), {
        what: `${this.name} to answer calls`,
        timeoutMs: DEFAULT_TIMEOUT_MS,
      });
    } catch (thrown) {
      if (!(thrown instanceof WaitTimeout)) throw thrown;
      throw this.failure('did not get ready in time');
    }
  }

  private async isReady(child: ChildProcess): Promise<boolean> {
    // Somebody else may hold the port, and never answer.
    const answers = await Promise.race([this.answers(), ended(child).then(() => false)]);
    if (!hasEnded(child)) return answers;
    await closed(child);
    throw this.failure(`ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
  }

  private async answers(): Promise<boolean> {
    try {
      await this.rpc.call('getblockcount');
      return true;
    } catch (thrown) {
      if (thrown instanceof RpcUnreachable) return false;
      if (thrown instanceof RpcCallError && thrown.code === RPC_IN_WARMUP) return false;
      throw thrown;
    }
  }

  private lostItsPorts(): boolean {
    return /Unable to bind to|Failed to listen|Unable to start HTTP server/.test(this.stderr);
  }

  private failure(what: string): DaemonFailed {
    const parts = [`node ${this.name} ${what}`];
    if (this.stderr !== '') parts.push(`It wrote:\n${this.stderr.trimEnd()}`);
    const log = this.logTail();
    if (log !== '') parts.push(`Its log ends with:\n${log}`);
    return new DaemonFailed(parts.join('\n'));
  }
}

async function choosePorts(): Promise<{ readonly p2p: number; readonly rpc: number }> {
  const [p2p = 0, rpc = 0] = await freePorts(2);
  return { p2p, rpc };
}

/** All that a node of the lab needs to be told: the client finds its port in the same file. */
function configText(name: string, ports: { readonly p2p: number; readonly rpc: number }): string {
  return `# Written by the lab whenever the node starts.
regtest=1
server=1
${labSettings(name).join('\n')}
rpcworkqueue=128
rpcallowip=127.0.0.1

[regtest]
bind=127.0.0.1:${ports.p2p}
port=${ports.p2p}
rpcport=${ports.rpc}
# Only there: with ::1 beside it a node would start even when somebody else has the port on 127.0.0.1.
rpcbind=127.0.0.1
connect=0
`;
}

function track(child: ChildProcess): void {
  if (!exitHookSet) {
    exitHookSet = true;
    process.on('exit', () => {
      for (const left of running) left.kill('SIGKILL');
    });
  }
  running.add(child);
  const end = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    // There never was a process.
    child.once('error', () => child.pid === undefined && resolve());
  });
  ends.set(
    child,
    end.then(() => void running.delete(child)),
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Resolves when the process has ended; it was given to {@link track}. */
function ended(child: ChildProcess): Promise<void> {
  return ends.get(child) ?? Promise.resolve();
}

/** After the end, its output is complete once the pipe is closed. */
function closed(child: ChildProcess): Promise<void> {
  const { stderr } = child;
  return stderr === null || stderr.closed
    ? Promise.resolve()
    : new Promise(resolve => stderr.once('close', resolve));
}

function endsWithin(child: ChildProcess, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(hasEnded(child)), timeoutMs);
    void ended(child).then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
