import type { Browser, CDPSession } from 'playwright-core';

/** A task of a page's main thread, on the clock of {@link monotonicMs}. All in milliseconds. */
export interface TracedTask {
  readonly startedAt: number;
  /** By the clock: on a busy machine most of it may be waiting for a processor. */
  readonly ms: number;
  /** Of processor time. */
  readonly cpuMs: number;
}

/** An event of the browser's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Shorter tasks are nobody's concern, and many. */
const SHORTEST_MS = 50;

/** Follows what the main threads of a browser's pages do, by the browser's own trace. */
export class TaskTrace {
  private tasks: TraceEvent[] = [];
  private readonly mainThreads = new Set<string>();

  private constructor(private readonly session: CDPSession) {
    session.on('Tracing.dataCollected', ({ value }) => {
      for (const event of value as readonly unknown[]) this.note(event as TraceEvent);
    });
  }

  static async start(browser: Browser): Promise<TaskTrace> {
    const trace = new TaskTrace(await browser.newBrowserCDPSession());
    await trace.begin();
    return trace;
  }

  /** Long tasks since this was asked for last. */
  async take(): Promise<readonly TracedTask[]> {
    const complete = new Promise<void>(resolve =>
      this.session.once('Tracing.tracingComplete', () => resolve()),
    );
    await this.session.send('Tracing.end');
    await complete;
    const found = this.tasks.filter(({ pid, tid }) => this.mainThreads.has(`${pid} ${tid}`));
    this.tasks = [];
    await this.begin();
    return found.map(({ ts, dur = 0, tdur = dur }) => ({
      startedAt: ts / 1000,
      ms: dur / 1000,
      cpuMs: tdur / 1000,
    }));
  }

  private async begin(): Promise<void> {
    await this.session.send('Tracing.start', {
      traceConfig: {
        includedCategories: ['toplevel'],
        excludedCategories: ['*'],
        recordMode: 'recordContinuously',
      },
    });
  }

  private note(event: TraceEvent): void {
    const { name, pid, tid, dur = 0, args } = event;
    if (name === 'thread_name' && args?.name === 'CrRendererMain') this.mainThreads.add(`${pid} ${tid}`);
    if (name === 'ThreadControllerImpl::RunTask' && dur >= 1000 * SHORTEST_MS) this.tasks.push(event);
  }
}

/** Milliseconds on the clock that browsers on Linux trace by. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
