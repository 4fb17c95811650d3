import { writeFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openPage } from '../test/browser/support/browser.js';
import { monotonicMs, TaskTrace, type TracedTask } from './task-trace.js';

/** A task that kept the page from answering. */
export interface LongTask extends TracedTask {
  /** What was shown. */
  readonly view: string;
}

/** Of the page's process, after its garbage was collected. */
export interface PageMemory {
  /** Megabytes. */
  readonly heap: number;
  readonly domNodes: number;
}

/** A span of time, on the clock of {@link monotonicMs}. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The page in a browser, measured as it is looked at. */
export class WatchedPage {
  private readonly shown: { readonly at: number; readonly view: string }[] = [];
  /** Work that measuring has asked for is none of the page's. */
  private measuring: Span[] = [];

  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    private readonly trace: TaskTrace,
    /** Errors in its console and the like. */
    readonly faults: readonly string[],
  ) {}

  /** Opens the page and waits for the first thing that it shows: tasks count from then on. */
  static async open(browser: Browser, pageUrl: string): Promise<WatchedPage> {
    const { page, faults } = await openPage(browser, { pageUrl }, { reducedMotion: 'no-preference' });
    await page.getByRole('heading').first().waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    return new WatchedPage(page, session, await TaskTrace.start(page), faults);
  }

  async show(view: string): Promise<void> {
    this.shown.push({ at: monotonicMs(), view });
    await this.page.evaluate(`location.hash = '#/${view}'`);
  }

  /** Long tasks since this was asked for last. */
  async takeLongTasks(): Promise<readonly LongTask[]> {
    const tasks = await this.trace.take();
    const own = tasks.filter(({ startedAt, ms }) =>
      this.measuring.every(({ from, to }) => startedAt + ms < from || startedAt > to),
    );
    this.measuring = [];
    return own.map(task => ({ ...task, view: this.viewAt(task.startedAt) }));
  }

  async memory(): Promise<PageMemory> {
    const from = monotonicMs();
    await this.session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.session.send('Runtime.getHeapUsage');
    const { nodes } = await this.session.send('Memory.getDOMCounters');
    this.measuring.push({ from, to: monotonicMs() });
    return { heap: usedSize / 1e6, domNodes: nodes };
  }

  /** Seconds of processor time of its main thread so far. */
  async cpuSeconds(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
  }

  async startProfile(): Promise<void> {
    await this.session.send('Profiler.enable');
    await this.session.send('Profiler.start');
  }

  /** Writes what its main thread has done since {@link startProfile}. */
  async writeProfile(file: string): Promise<void> {
    const { profile } = await this.session.send('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
  }

  private viewAt(time: number): string {
    return this.shown.findLast(({ at }) => at <= time)?.view ?? 'before';
  }
}
