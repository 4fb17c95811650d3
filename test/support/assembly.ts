import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { type Instance, instantiate } from '../../src/crypto/wasm/engine.js';
import { defined } from '../../src/runtime/errors.js';

const SOURCES = fileURLToPath(new URL('../../src/crypto/wasm/assembly/', import.meta.url));

/** Pages of 64 KiB, more than the code has in use. */
const PAGES = 8;

/**
 * The curve's WebAssembly with the functions of some of its files exported, which those who use it do not see. Compiled
 * without optimization, which is done in a second. Its last pages of memory are free.
 */
export async function assemblyOf(...files: readonly string[]): Promise<Instance> {
  const entry = files.map(file => `export * from './${file}';`).join('\n');
  let code: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'entry.ts',
      '--outFile',
      'entry.wasm',
      '--runtime',
      'stub',
      '--noAssert',
      '--enable',
      'simd',
      '--initialMemory',
      `${PAGES}`,
    ],
    {
      async readFile(name) {
        if (name === 'entry.ts') return entry;
        return await readFile(`${SOURCES}${name}`, 'utf8').catch(() => null);
      },
      writeFile(_name, contents) {
        if (contents instanceof Uint8Array) code = contents;
      },
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr}`);
  return instantiate(defined(code, 'compiled code'));
}
