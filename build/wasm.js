import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Source of each module, and where `imports` of package.json points for it. */
const MODULES = [
  ['src/crypto/wasm/assembly/index.ts', 'dist/src/crypto/wasm/curve.cjs'],
  ['src/crypto/wasm/assembly/hashes/index.ts', 'dist/src/crypto/wasm/hashes.cjs'],
];

const OPTIONS = [
  '--runtime',
  'stub',
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--noAssert',
  '--enable',
  'simd',
];

/**
 * Compiles a module to WebAssembly and writes it as a module of JavaScript that holds the code, so that it is loaded as
 * packages are: the rooms of consensus read no files.
 */
async function compile(source, target) {
  let code = '';
  const { error } = await asc.main([source, '--baseDir', path(''), '--outFile', 'module.wasm', ...OPTIONS], {
    stderr: process.stderr,
    writeFile(_name, contents) {
      code = Buffer.from(contents).toString('base64');
    },
  });
  if (error) process.exit(1);
  mkdirSync(dirname(path(target)), { recursive: true });
  writeFileSync(path(target), `module.exports = Buffer.from('${code}', 'base64');\n`);
}

for (const [source, target] of MODULES) await compile(source, target);
