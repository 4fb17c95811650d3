import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { executablePath } from '../regtest/executables.js';
import { freePorts } from '../regtest/ports.js';
import { KeepAliveRpc } from './keep-alive-rpc.js';
import { processUsage } from './process-usage.js';

/** A daemon that is measured: any that takes Bitcoin Core's options. */
export interface Subject {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

/** This project's daemon. */
export const OURS: Subject = {
  name: 'blocksmithd',
  command: [process.execPath, executablePath('blocksmithd')],
};

/** This project's daemon, and the one that `BITCOIND` names, if any. */
export function subjects(): readonly Subject[] {
  const { BITCOIND } = process.env;
  return BITCOIND === undefined ? [OURS] : [OURS, { name: 'bitcoind', command: [BITCOIND] }];
}

/** Between two attempts to get an answer from a daemon that starts: well below what is measured. */
const ATTEMPT_MS = 2;
const START_TIMEOUT_MS = 60_000;

/** A running daemon with a data directory and ports of its own on 127.0.0.1. */
export class BenchDaemon {
  private constructor(
    private readonly child: ChildProcess,
    readonly rpc: KeepAliveRpc,
    readonly p2pPort: number,
    private readonly connectRpc: () => Promise<KeepAliveRpc>,
    /** From starting the process to the first answer to a call, in milliseconds. */
    readonly startMs: number,
  ) {}

  /** @param args more options, which come last */
  static async start(subject: Subject, datadir: string, args: readonly string[] = []): Promise<BenchDaemon> {
    mkdirSync(datadir, { recursive: true });
    const [p2p = 0, rpcPort = 0] = await freePorts(2);
    const [program, ...first] = subject.command;
    const options = [
      '-regtest',
      `-datadir=${datadir}`,
      `-bind=127.0.0.1:${p2p}`,
      `-rpcport=${rpcPort}`,
      '-connect=0',
      '-dnsseed=0',
      '-listenonion=0',
      '-printtoconsole=0',
      // Neither side waits, to hide where transactions come from, before it tells of them.
      '-whitelist=in,out,noban,relay,download@127.0.0.1',
    ];
    const started = performance.now();
    const child = spawn(program, [...first, ...options, ...args], { stdio: 'ignore' });
    const cookieFile = join(datadir, 'regtest', '.cookie');
    const connect = () => KeepAliveRpc.connect(rpcPort, readFileSync(cookieFile, 'utf8').trim());
    const rpc = await firstAnswer(child, connect);
    return new BenchDaemon(child, rpc, p2p, connect, performance.now() - started);
  }

  /** One more connection, which is closed by who asked for it. */
  connect(): Promise<KeepAliveRpc> {
    return this.connectRpc();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Processor time of all threads so far, in seconds. */
  get cpuSeconds(): number {
    return processUsage(this.pid).cpuSeconds;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    await this.rpc.call('stop').catch(() => this.child.kill());
    this.rpc.close();
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function firstAnswer(child: ChildProcess, connect: () => Promise<KeepAliveRpc>): Promise<KeepAliveRpc> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const rpc = await ifAnswering(connect);
    if (rpc !== undefined) return rpc;
    await delay(ATTEMPT_MS);
  }
  child.kill('SIGKILL');
  throw new Error(`the daemon gave no answer (exit code ${child.exitCode ?? 'none'})`);
}

async function ifAnswering(connect: () => Promise<KeepAliveRpc>): Promise<KeepAliveRpc | undefined> {
  let rpc: KeepAliveRpc | undefined;
  try {
    rpc = await connect();
    await rpc.call('getblockcount');
    return rpc;
  } catch {
    // No cookie yet, nobody listens, or the node is warming up.
    rpc?.close();
    return undefined;
  }
}
