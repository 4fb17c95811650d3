import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../regtest/ports.js';
import { RpcClient } from '../../regtest/rpc/client.js';
import { waitFor } from '../../regtest/wait.js';
import { defined } from '../../src/runtime/errors.js';

/** Path of a Bitcoin Core daemon, version 28; without one there is nothing to compare with. */
export const bitcoind = process.env.BITCOIND;

/** Bitcoin Core on regtest, with a data directory and ports of its own on 127.0.0.1. */
export class CoreDaemon {
  private child: ChildProcess | undefined;
  private client: RpcClient | undefined;
  p2pPort = 0;

  constructor(private readonly datadir: string) {}

  get logPath(): string {
    return join(this.datadir, 'regtest', 'debug.log');
  }

  get rpc(): RpcClient {
    return defined(this.client, 'a daemon that was started');
  }

  /** @param args more options, which come last */
  async start(...args: string[]): Promise<void> {
    mkdirSync(this.datadir, { recursive: true });
    const [p2p = 0, rpc = 0] = await freePorts(2);
    this.p2pPort = p2p;
    const options = [
      '-regtest',
      `-datadir=${this.datadir}`,
      `-bind=127.0.0.1:${p2p}`,
      `-rpcport=${rpc}`,
      '-connect=0',
      '-listenonion=0',
      '-printtoconsole=0',
      '-debug=net',
      '-whitelist=noban,relay@127.0.0.1',
    ];
    const child = spawn(bitcoind ?? '', [...options, ...args], { stdio: 'ignore' });
    process.once('exit', () => child.kill());
    this.child = child;
    this.client = new RpcClient({ port: rpc, cookieFile: join(this.datadir, 'regtest', '.cookie') });
    const isUp = () =>
      this.rpc.call('getblockcount').then(
        () => true,
        () => false,
      );
    await waitFor(isUp, { what: 'bitcoind to answer' });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const ended = new Promise(resolve => child.once('exit', resolve));
    await this.rpc.call('stop').catch(() => child.kill());
    await ended;
    this.rpc.close();
  }
}
