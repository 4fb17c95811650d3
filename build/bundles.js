import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);
const installed = Object.keys({ ...dependencies, ...optionalDependencies });
const path = name => fileURLToPath(new URL(name, root));

const isOf = (id, names) => names.some(name => id === name || id.startsWith(`${name}/`));

const PROGRAMS = ['blocksmithd', 'blocksmith-cli', 'blocksmith'];

/** Packages that find files of their own, such as native addons, by where they lie. All others go into the programs. */
const WITH_FILES = ['piscina', 'secp256k1', 'tiny-secp256k1'];

/** Spaces go, names stay: stack traces are for people. */
const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };

/** V8 keeps text with a character beyond Latin-1 in twice the memory, and reads it more slowly. */
const ascii = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replace(
        /[^\0-\x7f]/g,
        unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/** Programs are run as scripts (`src/cli/launch`), in which Node.js imports nothing: what is needed late is required. */
const noImports = {
  name: 'no-imports',
  generateBundle(_options, bundle) {
    const imports = Object.values(bundle).flatMap(file => file.dynamicImports ?? []);
    if (imports.length > 0) throw new Error(`programs cannot import ${imports.join(', ')}`);
  },
};

/** LevelDB in JavaScript goes into the programs; its addon stays in the package, which `level` depends on. */
const levelAddon = {
  name: 'level-addon',
  load(id) {
    if (!/classic-level[\\/]binding\.js$/.test(id)) return null;
    return `const { createRequire } = require('node:module');
const level = createRequire(__filename).resolve('level');
module.exports = createRequire(level)('classic-level/binding.js');`;
  },
};

/** What the packages inside ask of those who copy them. */
const licenses = {
  name: 'licenses',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(file => (file.type === 'chunk' ? file.moduleIds : []));
    const packages = new Set(modules.filter(id => id.includes('node_modules')).map(packageFolder));
    const text = [...packages].sort().map(licenseOf).join('\n\n');
    if (text !== '') this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: `${text}\n` });
  },
};

function packageFolder(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const description = join(folder, 'package.json');
    if (existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).name !== undefined)
      return folder;
  }
}

function licenseOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no license to go along`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
}

/** What CommonJS makes of a module, in the file: `src/cli/launch` takes its text as it is, and no second one of it. */
const asFunction = {
  banner: '(function (exports, require, module, __filename, __dirname) {',
  footer: '})',
};

/**
 * The programs as one file each rather than the hundreds of modules that they consist of, for `src/cli/launch` to run.
 */
const programs = PROGRAMS.map(name => ({
  input: { [name]: path(`dist/src/cli/${name}.js`) },
  platform: 'node',
  external: id => isOf(id, WITH_FILES),
  plugins: [levelAddon, licenses, noImports, ascii],
  output: {
    dir: path(`dist/bundle/${name}`),
    entryFileNames: 'program.cjs',
    format: 'cjs',
    codeSplitting: false,
    minify,
    ...asFunction,
  },
}));

/** What starts them. */
const launchers = PROGRAMS.map(name => ({
  input: { [name]: path(`dist/src/cli/launch/${name}.js`) },
  platform: 'node',
  output: { dir: path('dist/bundle'), entryFileNames: '[name].cjs', format: 'cjs', codeSplitting: false },
}));

/** The lab's library. */
const library = {
  input: { regtest: path('dist/regtest/index.js') },
  platform: 'node',
  external: id => isOf(id, installed),
  plugins: [ascii],
  output: { dir: path('dist/bundle'), format: 'esm', codeSplitting: false, minify },
};

/** What threads that check scripts run: in a process that is short of time already, so that it is quick to load. */
const workers = {
  input: { scripts: path('dist/src/chain/scripts/worker.js') },
  platform: 'node',
  external: id => isOf(id, WITH_FILES),
  plugins: [licenses, ascii],
  output: { dir: path('dist/bundle/workers'), format: 'esm', codeSplitting: false, minify },
};

export const bundles = [...programs, ...launchers, library, workers];
