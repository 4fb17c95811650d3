import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of something that the build makes, such as `src/chain/scripts/worker.js`, below `dist/`. It is the same for those who
 * run from the sources, as tests do, from modules of the build, and from the executables that modules were put together to.
 *
 * @throws Error when it is not built
 */
export function builtFile(path: string): string {
  const file = buildPath(path);
  if (existsSync(file)) return file;
  throw new Error(`${path} is not built: run "npm run build" first`);
}

/** Where the build puts something, whether it is there or not. */
export function buildPath(path: string): string {
  return join(packageFolder(), 'dist', path);
}

/** The folder with package.json, above this file wherever the build has put it. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the package has no package.json');
    folder = above;
  }
  return folder;
}
