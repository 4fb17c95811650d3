import type { ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import type { HostEvent } from '../host.js';
import { readNodeEvents } from './event-lines.js';

/** Number of the pipe that a daemon writes its events to, in the daemon. */
const EVENT_FD = 3;

/** Tells what happens in a daemon and to its process, one run after the other. */
export class DaemonEvents {
  private listener: ((event: HostEvent) => void) | undefined;
  private isAnswering = false;
  private isStopping = false;
  private told: Promise<void> = Promise.resolve();

  listen(listener: (event: HostEvent) => void): void {
    this.listener = listener;
  }

  /** What a process is to be given so that it tells; nothing when nobody listens. */
  get wiring(): { readonly stdio: readonly 'pipe'[]; readonly env: NodeJS.ProcessEnv } {
    return this.listener === undefined
      ? { stdio: [], env: {} }
      : { stdio: ['pipe'], env: { BLOCKSMITH_EVENT_PIPE: String(EVENT_FD) } };
  }

  /** @param ended resolves when the process has ended, for whatever reason */
  follow(child: ChildProcess, ended: Promise<void>): void {
    this.isAnswering = false;
    this.isStopping = false;
    const { listener } = this;
    const pipe = child.stdio[EVENT_FD];
    if (listener === undefined || !(pipe instanceof Readable)) return;
    this.told = Promise.all([readNodeEvents(pipe, listener), ended]).then(() => {
      const state = this.isStopping ? 'stopped' : 'ended';
      if (this.isAnswering) listener({ type: 'node', state });
      this.isAnswering = false;
    });
  }

  /** The process that is followed answers calls. */
  answers(): void {
    if (this.isAnswering) return;
    this.isAnswering = true;
    this.listener?.({ type: 'node', state: 'started' });
  }

  /** It is asked to stop: its end is no surprise. */
  stops(): void {
    this.isStopping = true;
  }

  /** Resolves when all of a process that has ended is told. */
  async allTold(): Promise<void> {
    await this.told;
  }
}
