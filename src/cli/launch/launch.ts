import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { CodeCache } from './code-cache.js';

/** What CommonJS modules are called with. */
type ModuleBody = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/**
 * Runs one of the programs that the build has put together to a single file (of ASCII, see there). Their code is not compiled
 * anew at each start: what V8 made of it is kept beside it, which halves the time that a start takes.
 *
 * @param file path of the program: the function that CommonJS makes of a module
 * @param beforeRun called when all is compiled: flags that it sets do not matter to what is kept
 */
export function launch(file: string, beforeRun: () => void = () => {}): void {
  const source = readFileSync(file, 'latin1');
  const cache = new CodeCache(file);
  const known = cache.read();
  const script = new Script(source, {
    filename: file,
    ...(known === undefined ? {} : { cachedData: known }),
  });
  if (known === undefined || script.cachedDataRejected === true) cache.keepAtExit(script);
  // Garbage is collected late in a node that has little to do.
  known?.buffer.resize(0);
  beforeRun();
  const run = script.runInThisContext() as ModuleBody;
  const module = { exports: {} };
  run(module.exports, createRequire(file), module, file, dirname(file));
}
