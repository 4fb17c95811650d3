import { writeFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openPage } from '../test/browser/support/browser.js';

/** A task that kept the page from answering. */
export interface LongTask {
  /** What was shown. */
  readonly view: string;
  readonly ms: number;
}

/** Of the page's process, after its garbage was collected. */
export interface PageMemory {
  /** Megabytes. */
  readonly heap: number;
  readonly domNodes: number;
}

/** The page in a browser, measured as it is looked at. */
export class WatchedPage {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    /** Errors in its console and the like. */
    readonly faults: readonly string[],
  ) {}

  static async open(browser: Browser, pageUrl: string): Promise<WatchedPage> {
    const { page, faults } = await openPage(browser, { pageUrl });
    await page.evaluate(WATCH_TASKS);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    return new WatchedPage(page, session, faults);
  }

  async show(view: string): Promise<void> {
    await this.page.evaluate(`location.hash = '#/${view}'`);
  }

  /** Long tasks since this was asked for last. */
  async takeLongTasks(): Promise<readonly LongTask[]> {
    return (await this.page.evaluate('globalThis.longTasks.splice(0)')) as readonly LongTask[];
  }

  async memory(): Promise<PageMemory> {
    await this.page.evaluate('globalThis.collections.push([performance.now(), Infinity])');
    await this.session.send('HeapProfiler.collectGarbage');
    await this.page.evaluate('globalThis.collections.at(-1)[1] = performance.now()');
    const { usedSize } = await this.session.send('Runtime.getHeapUsage');
    const { nodes } = await this.session.send('Memory.getDOMCounters');
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
}

/** Collections of garbage that measuring asks for are no work of the page's. */
const WATCH_TASKS = `
  globalThis.longTasks = [];
  globalThis.collections = [];
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) {
      const isOurs = globalThis.collections.some(([begin, end]) => startTime + duration > begin && startTime < end);
      if (!isOurs) globalThis.longTasks.push({ view: location.hash.slice(2), ms: Math.round(duration) });
    }
  }).observe({ type: 'longtask' });
`;
