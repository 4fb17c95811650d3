import { builtFile } from './built-file.js';

/**
 * Finds the compiled file of a worker thread: worker threads load JavaScript only. `path` is relative to the project's `src/`
 * without extension, such as `chain/scripts/worker`.
 *
 * @throws Error when the project was not built
 */
export function workerFile(path: string): string {
  return builtFile(`src/${path}.js`);
}
