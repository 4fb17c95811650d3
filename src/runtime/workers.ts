import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { builtFile } from './built-file.js';
import { keepFlags } from './v8-flags.js';

/**
 * Finds the compiled file of a worker thread: worker threads load JavaScript only. `path` is relative to the project's `src/`
 * without extension, such as `miner/pow-worker`.
 *
 * @throws Error when the project was not built
 */
export function workerFile(path: string): string {
  return builtFile(`src/${path}.js`);
}

/**
 * Of the space for young objects of a thread, in MB. What a batch of scripts leaves behind is garbage as soon as it is done: V8's
 * 48 MB would only put off clearing it away, in each thread.
 */
const THREAD_YOUNG_GENERATION_MB = 3;

/** For every thread of ours. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: THREAD_YOUNG_GENERATION_MB } as const;

const require = createRequire(import.meta.url);

/**
 * Starts threads that run a worker file. Piscina is loaded now: a node that needs no threads starts without it. It is not
 * imported, since programs of the build have nobody who would do that for them (see `cli/launch`).
 *
 * @param path as for {@link workerFile}
 */
export function startThreads(path: string, count: number): Piscina {
  const { Piscina } = require('piscina') as typeof import('piscina');
  const pool = new Piscina({
    filename: workerFile(path),
    minThreads: count,
    maxThreads: count,
    resourceLimits: THREAD_LIMITS,
  });
  keepFlags();
  return pool;
}

/** Starts a thread that runs a file of the build. @param path relative to `dist/` */
export function startThread(path: string): Worker {
  const worker = new Worker(builtFile(path), { resourceLimits: THREAD_LIMITS });
  keepFlags();
  return worker;
}
