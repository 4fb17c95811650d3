import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Finds the compiled file of a worker thread. `path` is relative to the project's `src/` without extension, such as
 * `chain/scripts/worker`. Worker threads load JavaScript only: when the caller itself runs from TypeScript sources (under
 * the test runner), the build in `dist/` is used, which `npm test` makes first.
 *
 * @throws Error when the project was not built
 */
export function workerFile(path: string): string {
  const here = fileURLToPath(new URL(`../${path}.js`, import.meta.url));
  if (existsSync(here)) return here;
  const built = fileURLToPath(new URL(`../../dist/src/${path}.js`, import.meta.url));
  if (existsSync(built)) return built;
  throw new Error(`worker ${path} is not built: run "npm run build" first`);
}
