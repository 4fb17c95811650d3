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
let programs: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocksmith-launch-'));
  cpSync(join(root, 'dist/bundle'), join(folder, 'dist/bundle'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  programs = join(folder, 'dist/bundle/blocksmith-cli');
  for (const name of cached()) rmSync(join(programs, name));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function cached(): string[] {
  return readdirSync(programs).filter(name => name.includes('.cache'));
}

async function version(options: { readonly nodeArgs?: readonly string[] } = {}): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const words = [...(options.nodeArgs ?? []), join(folder, 'dist/bundle/blocksmith-cli.cjs'), '-version'];
  return (await run(process.execPath, words, { env })).stdout;
}

describe('what V8 compiled of a program', () => {
  it('is kept by the first run and used by the next', async () => {
    const first = await version();
    expect(first).toContain('Blocksmith');
    const [name = '', ...others] = cached();
    expect(name).toMatch(/^program\.cjs\.[0-9a-f]+\.cache$/);
    expect(others).toEqual([]);
    const { mtimeMs } = statSync(join(programs, name));
    expect(await version()).toBe(first);
    // Used, or it would have been written again.
    expect(statSync(join(programs, name)).mtimeMs).toBe(mtimeMs);
  });

  it('is made anew when it is damaged', async () => {
    const first = await version();
    const path = join(programs, cached()[0] ?? '');
    const good = readFileSync(path);
    for (const damaged of [Buffer.alloc(0), Buffer.from('no code'), good.subarray(0, good.length / 2)]) {
      writeFileSync(path, damaged);
      expect(await version()).toBe(first);
      expect(readFileSync(path).length).toBeGreaterThan(good.length / 2);
    }
  });

  it('is not needed where it cannot be written', async () => {
    await version();
    const path = join(programs, cached()[0] ?? '');
    rmSync(path);
    mkdirSync(path);
    expect(await version()).toContain('Blocksmith');
    expect(cached()).toEqual([path.slice(programs.length + 1)]);
  });

  it('is not left behind by runs with flags of their own', async () => {
    expect(await version({ nodeArgs: ['--max-lazy'] })).toContain('Blocksmith');
    expect(cached()).toEqual([]);
  });
});
