import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);
const installed = Object.keys({ ...dependencies, ...optionalDependencies });
const path = name => fileURLToPath(new URL(name, root));

/**
 * The executables and the lab's library, each as a few files rather than the hundreds of modules that they consist of: a
 * process starts twice as fast, and so does somebody's test. What is imported only when it is needed stays apart, and so do
 * packages that npm installs.
 */
export default {
  input: {
    blocksmithd: path('dist/src/cli/blocksmithd.js'),
    'blocksmith-cli': path('dist/src/cli/blocksmith-cli.js'),
    blocksmith: path('dist/src/cli/blocksmith.js'),
    regtest: path('dist/regtest/index.js'),
  },
  platform: 'node',
  external: id => installed.some(name => id === name || id.startsWith(`${name}/`)),
  output: {
    dir: path('dist/bundle'),
    format: 'esm',
    sourcemap: true,
    cleanDir: true,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  },
};
