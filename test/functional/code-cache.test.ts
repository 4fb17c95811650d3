import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The programs as somebody has them who has never run one. */
let folder: string;
/** Which of them is run. */
let program: string;
let place: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocksmith-launch-'));
  cpSync(join(root, 'dist/bundle'), join(folder, 'dist/bundle'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  use('blocksmith-cli');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Chooses a program, of which nothing is kept. */
function use(name: string): void {
  program = name;
  place = join(folder, 'dist/bundle', name);
  for (const cache of cached()) rmSync(join(place, cache));
}

function cached(): string[] {
  return readdirSync(place).filter(name => name.includes('.cache'));
}

async function version(options: { readonly nodeArgs?: readonly string[] } = {}): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const words = [...(options.nodeArgs ?? []), join(folder, 'dist/bundle', `${program}.cjs`), '-version'];
  return (await run(process.execPath, words, { env })).stdout;
}

describe('what V8 compiled of a program', () => {
  it.each(['blocksmith-cli', 'blocksmithd'])(
    '%s is kept by the first run and used by the next',
    async name => {
      use(name);
      const first = await version();
      expect(first).toContain('Blocksmith');
      const [cache = '', ...others] = cached();
      expect(cache).toMatch(/^program\.cjs\.[0-9a-f]+-[0-9a-f]+\.cache$/);
      expect(others).toEqual([]);
      const { mtimeMs } = statSync(join(place, cache));
      expect(await version()).toBe(first);
      // Used, or it would have been written again.
      expect(statSync(join(place, cache)).mtimeMs).toBe(mtimeMs);
    },
  );

  it('is made anew when it is damaged', async () => {
    const first = await version();
    const path = join(place, cached()[0] ?? '');
    const good = readFileSync(path);
    for (const damaged of [Buffer.alloc(0), Buffer.from('no code'), good.subarray(0, good.length / 2)]) {
      writeFileSync(path, damaged);
      expect(await version()).toBe(first);
      expect(readFileSync(path).length).toBeGreaterThan(good.length / 2);
    }
  });

  it('is made anew when the program is another one', async () => {
    await version();
    const [before] = cached();
    const path = join(place, 'program.cjs');
    const code = readFileSync(path, 'latin1');
    const changed = code.replace('Blocksmith RPC client', 'Blacksmith RPC client');
    expect(changed).not.toBe(code);
    writeFileSync(path, changed);
    expect(await version()).toContain('Blacksmith');
    expect(cached()).toHaveLength(2);
    expect(cached()).toContain(before);
  });

  it('is not needed where it cannot be written', async () => {
    await version();
    const path = join(place, cached()[0] ?? '');
    rmSync(path);
    mkdirSync(path);
    expect(await version()).toContain('Blocksmith');
    expect(cached()).toEqual([path.slice(place.length + 1)]);
  });

  it('is not left behind by runs with flags of their own', async () => {
    expect(await version({ nodeArgs: ['--max-lazy'] })).toContain('Blocksmith');
    expect(cached()).toEqual([]);
  });
});
