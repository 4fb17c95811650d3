import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_170, PREVOUT_170 } from '../support/known-blocks.js';

const run = promisify(execFile);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program of somebody else, with the packed package installed in it. Nothing comes from the network. */
let app: string;

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'blocksmith-packed-'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', type: 'module' }));
  const installed = join(app, 'node_modules', 'blocksmith');
  mkdirSync(installed, { recursive: true });
  // Without scripts: `prepare` would build again what is built.
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', `--pack-destination=${app}`], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(app, filename), '-C', installed, '--strip-components=1']);
  linkDependencies(installed);
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Puts what the package depends on beside it, as npm does. */
function linkDependencies(installed: string): void {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const link = join(app, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'dir');
  }
}

/** Runs a module of the app. */
async function runModule(name: string, source: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(app, name);
  writeFileSync(file, source);
  return run(process.execPath, [file], { cwd: app, env: { ...process.env, ...env } });
}

/** Runs an example of the package as a user would who copied it. */
async function runExample(name: string, ...command: readonly string[]): Promise<string> {
  copyFileSync(join(root, 'examples', name), join(app, name));
  const [program = '', ...args] = command;
  const { stdout } = await run(program, [...args, name], { cwd: app, env: plainEnvironment() });
  return stdout;
}

/** Without what the runner of this test tells its own workers, and without colours. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_TEST_CONTEXT|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(ours), NO_COLOR: '1' };
}

/** What stands between fences of a language on a page. */
function fenced(page: string, language: string): string[] {
  const text = readFileSync(join(app, 'node_modules/blocksmith/docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    match => match[1] ?? '',
  );
}

/** The examples in doc comments of the library, by the function that they stand before. */
function docExamples(): [name: string, source: string][] {
  const folder = join(root, 'src/library');
  return readdirSync(folder).flatMap(file => {
    const text = readFileSync(join(folder, file), 'utf8');
    const comments = text.matchAll(/^ \* @example\n((?: \*.*\n)+?) \*\/\nexport function (\w+)/gm);
    return [...comments].map(([, body = '', name = '']): [string, string] => {
      return [name, body.replaceAll(/^ \* ?/gm, '')];
    });
  });
}

describe('the reference of the consensus library', () => {
  it('has examples that run from top to bottom', async () => {
    const examples = fenced('CONSENSUS-LIBRARY.md', 'js');
    expect(examples.length).toBeGreaterThan(10);
    await runModule('reference.js', examples.join('\n'));
  });

  it('names every export', async () => {
    const text = readFileSync(join(root, 'docs/CONSENSUS-LIBRARY.md'), 'utf8');
    const list = "console.log(Object.keys(await import('blocksmith/consensus')).join())";
    const { stdout } = await runModule('exports.js', list);
    const names = stdout.trim().split(',');
    expect(names).toContain('verifyInput');
    expect(names.filter(name => !text.includes(name))).toEqual([]);
  });
});

describe('doc comments of the consensus library', () => {
  it.each(docExamples())('%s has an example that runs', async (name, source) => {
    await runModule(`example-${name}.js`, source);
  });

  it('have an example for every function that gives a verdict or parses', () => {
    expect(docExamples().map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'checkBlock',
        'checkTransaction',
        'idToHex',
        'parseBlock',
        'parseTransaction',
        'scriptFlagsAt',
        'verifyBlockScripts',
        'verifyInput',
      ]),
    );
  });
});

/** Verifies an input, signature and all, and prints which of Node.js's own modules that has loaded. */
const VERIFY_AND_LIST = `
const before = new Set(process.moduleLoadList);
const { fromHex, parseBlock, verifyBlockScripts } = await import('blocksmith/consensus');
const payment = parseBlock(fromHex(process.env.BLOCK));
const result = verifyBlockScripts({
  block: payment.bytes,
  prevouts: [{ value: 5_000_000_000, script: fromHex(process.env.SCRIPT) }],
  flags: [],
});
const loaded = process.moduleLoadList.filter(name => !before.has(name));
console.log(JSON.stringify({ result, loaded, handles: process.getActiveResourcesInfo() }));
`;

describe('loading the consensus library', () => {
  it('loads none of the node, and verifying starts nothing', async () => {
    const coverage = join(app, 'coverage');
    const { stdout } = await runModule('load.js', VERIFY_AND_LIST, {
      NODE_V8_COVERAGE: coverage,
      BLOCK: BLOCK_170.toString('hex'),
      SCRIPT: PREVOUT_170.script.toString('hex'),
    });
    const { result, loaded, handles } = JSON.parse(stdout);
    expect(result).toEqual({ ok: true, inputs: 1 });
    // Files that were loaded are still being closed; nothing else is under way.
    expect(handles.filter((handle: string) => /Timeout|Immediate|TCP|UDP|Worker|Port/.test(handle))).toEqual(
      [],
    );
    expect(loaded).toEqual(expect.arrayContaining(['NativeModule crypto']));
    for (const builtin of ['net', 'http', 'dgram', 'worker_threads', 'child_process', 'fs/promises']) {
      expect(loaded).not.toContain(`NativeModule ${builtin}`);
    }
    // Node.js writes down every script that it has run, by its address.
    const [report] = readdirSync(coverage);
    const { result: scripts } = JSON.parse(readFileSync(join(coverage, report ?? ''), 'utf8'));
    const files = (scripts as { url: string }[]).map(({ url }) => url).filter(url => url.startsWith('file:'));
    const rooms = files.flatMap(url => url.match(/blocksmith\/dist\/src\/(\w+)/)?.[1] ?? []);
    expect([...new Set(rooms)].sort()).toEqual([
      'consensus',
      'crypto',
      'library',
      'primitives',
      'runtime',
      'script',
    ]);
    expect(files.filter(url => /level|piscina|dist\/regtest|runtime\/(?!errors|steps)/.test(url))).toEqual(
      [],
    );
  });

  it('is the only way in: what is behind it is not exported', async () => {
    const deep = "await import('blocksmith/dist/src/script/verify.js')";
    await expect(runModule('deep.js', deep)).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

/** A consumer whose wrong calls must not compile. */
const CONSUMER = `
import * as consensus from 'blocksmith/consensus';
import { type CheckResult, type Network, type ParsedBlock, type VerifyInputRequest } from 'blocksmith/consensus';

const request: VerifyInputRequest = { tx: new Uint8Array(0), inputIndex: 0, prevouts: [], flags: ['P2SH'] };
const result = consensus.verifyInput(request);
export const text: string = result.ok ? 'fine' : consensus.scriptErrorText(result.error);
// The signature that is promised: any names of flags, errors as strings.
export const promised: (request: {
  tx: Uint8Array;
  inputIndex: number;
  prevouts: { value: number; script: Uint8Array }[];
  flags: readonly string[];
}) => { ok: true } | { ok: false; error: string } = consensus.verifyInput;
export const networks: readonly Network[] = consensus.NETWORKS;
export const check: CheckResult = consensus.checkBlock({ block: new Uint8Array(0), network: 'signet' });
export const block: ParsedBlock = consensus.parseBlock(new Uint8Array(0));
// What one transaction pays is what another one spends.
export const prevouts: readonly consensus.Prevout[] = block.transactions.flatMap(tx => tx.outputs);

// @ts-expect-error a verdict has an error only when it is not ok
result.error;
// @ts-expect-error hex is not bytes
consensus.parseTransaction('00');
// @ts-expect-error flags have to be said
consensus.verifyInput({ tx: new Uint8Array(0), inputIndex: 0, prevouts: [] });
// @ts-expect-error Core has no such network
consensus.checkBlock({ block: new Uint8Array(0), network: 'mainnet' });
// @ts-expect-error results cannot be changed
block.height = 1;
// @ts-expect-error results cannot be changed
block.time = 1;
`;

describe('types of the consensus library', () => {
  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])(
    'compile without those of Node.js, with module %s and resolution %s',
    async (module, moduleResolution) => {
      const folder = join(app, moduleResolution);
      mkdirSync(folder);
      const sources = [CONSUMER, ...fenced('CONSENSUS-LIBRARY.md', 'ts')];
      expect(sources.length).toBeGreaterThan(1);
      sources.forEach((source, i) => {
        writeFileSync(join(folder, `consumer-${i}.ts`), source);
      });
      const compilerOptions = {
        target: 'ES2022',
        lib: ['ES2022'],
        types: [],
        module,
        moduleResolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      const compiler = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [compiler, '-p', folder]).catch(failure => failure);
      expect(stdout).toBe('');
    },
  );
});

describe('networks in tests of others', () => {
  it('work under Vitest: a payment, a reorganisation and a revert', async () => {
    symlinkSync(join(root, 'node_modules', 'vitest'), join(app, 'node_modules', 'vitest'), 'dir');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const startedAt = performance.now();
    const output = await runExample('vitest.test.js', process.execPath, vitest, 'run');
    console.log(`examples/vitest.test.js: ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
    expect(output).toMatch(/Tests\s+2 passed/);
  });

  it('work under node:test', async () => {
    const output = await runExample('node-test.test.js', process.execPath, '--test', '--test-reporter=tap');
    expect(output).toMatch(/^# pass 2$/m);
    expect(output).toMatch(/^# fail 0$/m);
  });
});
