import type { CDPSession, Page } from 'playwright-core';

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
}

/** Shorter tasks are nobody's concern, and many. */
const SHORTEST_MS = 50;

/** The page leaves it in the trace, which tells its thread from those of the browser's own pages, such as its address bar. */
const MARK = 'watched';

/** Follows what a page's main thread does, by the browser's own trace. */
export class TaskTrace {
  private tasks: TraceEvent[] = [];
  private mainThread: string | undefined;

  private constructor(
    private readonly session: CDPSession,
    private readonly page: Page,
  ) {
    session.on('Tracing.dataCollected', ({ value }) => {
      for (const event of value as readonly unknown[]) this.note(event as TraceEvent);
    });
  }

  static async start(page: Page): Promise<TaskTrace> {
    const browser = page.context().browser();
    if (browser === null) throw new Error('the page has no browser to trace');
    const trace = new TaskTrace(await browser.newBrowserCDPSession(), page);
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
    const { mainThread } = this;
    if (mainThread === undefined) throw new Error('the trace does not tell of the page');
    const found = this.tasks.filter(event => threadOf(event) === mainThread);
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
        includedCategories: ['toplevel', 'blink.user_timing'],
        excludedCategories: ['*'],
        recordMode: 'recordContinuously',
      },
    });
    await this.page.evaluate(`performance.mark('${MARK}')`);
  }

  private note(event: TraceEvent): void {
    const { name, dur = 0 } = event;
    if (name === MARK) this.mainThread = threadOf(event);
    if (name === 'ThreadControllerImpl::RunTask' && dur >= 1000 * SHORTEST_MS) this.tasks.push(event);
  }
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}

/** Milliseconds on the clock that browsers on Linux trace by. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
