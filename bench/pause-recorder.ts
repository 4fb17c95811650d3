import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';
import { type PauseRecord, type Recording, SHORTEST_PAUSE_MS } from './pauses.js';

/*
 * Loaded into a process before its program (`--import …/pause-recorder.js?out=FILE`), which it leaves as it is: notes when the
 * event loop came round late, and has V8 note what the main thread was doing. All is written to the file at the end.
 */

/** How often the event loop is asked to come round, in milliseconds. */
const TICK_MS = 1;

/** Between two samples of what the main thread does, in microseconds. */
const SAMPLE_US = 1000;

/** What Linux knows of the calling thread: nanoseconds on a processor, nanoseconds waiting for one, turns. */
const THREAD_STATISTICS = '/proc/thread-self/schedstat';

class PauseRecorder {
  private readonly session = new Session();
  private readonly pauses: PauseRecord[] = [];
  private readonly statistics = openIfThere(THREAD_STATISTICS);
  private readonly text = Buffer.alloc(128);
  private lastUs = nowUs();
  private lastCpuUs = this.cpuUs();

  start(): void {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    this.session.post('Profiler.start');
    setInterval(() => this.tick(), TICK_MS).unref();
  }

  finish(file: string): void {
    this.tick();
    // Answered before `post` returns, as it is the thread's own.
    this.session.post('Profiler.stop', (error, { profile }) => {
      if (error !== null) throw error;
      writeFileSync(file, JSON.stringify(this.recording(profile)));
    });
    if (this.statistics !== undefined) closeSync(this.statistics);
  }

  private tick(): void {
    const now = nowUs();
    const cpu = this.cpuUs();
    const lateUs = now - this.lastUs - 1000 * TICK_MS;
    if (lateUs >= 1000 * SHORTEST_PAUSE_MS) {
      const cpuUs = this.statistics === undefined ? lateUs : cpu - this.lastCpuUs;
      this.pauses.push({ startUs: this.lastUs + 1000 * TICK_MS, endUs: now, cpuUs });
    }
    this.lastUs = now;
    this.lastCpuUs = cpu;
  }

  /** Processor time of this thread so far. */
  private cpuUs(): number {
    if (this.statistics === undefined) return 0;
    const length = readSync(this.statistics, this.text, 0, this.text.length, 0);
    return Number.parseInt(this.text.toString('latin1', 0, length), 10) / 1000;
  }

  private recording({ nodes, startTime, samples = [], timeDeltas = [] }: Profiler.Profile): Recording {
    return {
      pauses: this.pauses,
      profile: {
        startUs: startTime,
        nodes: nodes.map(({ id, callFrame: { functionName, url }, children = [] }) => ({
          id,
          functionName,
          url,
          children,
        })),
        samples,
        timeDeltas,
      },
    };
  }
}

/** On the clock by which V8 takes samples. */
function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

// Worker threads load what their process was told to import as well.
const out = new URL(import.meta.url).searchParams.get('out');
if (isMainThread && out !== null) {
  const recorder = new PauseRecorder();
  recorder.start();
  process.on('exit', () => recorder.finish(out));
}
