import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of one of the project's built executables, such as `blocksmithd`. @throws Error when it is not built */
export function executablePath(name: string): string {
  // From the built library it lies beside; from the sources, as in tests, in the build output.
  const candidates = [`../src/cli/${name}.js`, `../dist/src/cli/${name}.js`].map(path =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find(path => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not built: run "npm run build" first`);
  return found;
}
