import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Where `#curve-wasm` of package.json points. */
const MODULE = path('dist/src/crypto/wasm/curve.cjs');

/**
 * Compiles the curve to WebAssembly and writes it as a module of JavaScript that holds the code, so that it is loaded as
 * packages are: the rooms of consensus read no files.
 */
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

let code = '';
const { error } = await asc.main(
  ['src/crypto/wasm/assembly/index.ts', '--baseDir', path(''), '--outFile', 'curve.wasm', ...OPTIONS],
  {
    stderr: process.stderr,
    writeFile(_name, contents) {
      code = Buffer.from(contents).toString('base64');
    },
  },
);
if (error) process.exit(1);
mkdirSync(dirname(MODULE), { recursive: true });
writeFileSync(MODULE, `module.exports = Buffer.from('${code}', 'base64');\n`);
