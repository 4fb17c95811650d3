import { builtFile } from '../src/runtime/built-file.js';

/** Path of one of the project's built executables, such as `blocksmithd`. @throws Error when it is not built */
export function executablePath(name: string): string {
  return builtFile(`bundle/${name}.cjs`);
}
