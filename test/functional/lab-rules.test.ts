import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath } from '../../regtest/index.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'blocksmith-rules-'));
const env = { ...process.env, BLOCKSMITH_LAB_DIR: join(folder, 'labs') };

async function blocksmith(...args: string[]): Promise<string> {
  return (await run(process.execPath, [executablePath('blocksmith'), ...args], { env })).stdout;
}

const json = async (...args: string[]) => JSON.parse(await blocksmith(...args, '--json'));

describe('a lab with rules of its own', () => {
  const RULES = {
    maxReorg: 6,
    proofOfWork: { retargetBlocks: 16, spacingSeconds: 60, difficulty: 32 },
  };
  let child: ChildProcess;
  let ready: unknown;

  beforeAll(async () => {
    const words = ['up', '--json', '--nodes', '4', '--mode', 'inProcess', '--no-page'];
    words.push('--max-reorg', '6', '--proof-of-work', '16', '--spacing', '60', '--difficulty', '32');
    child = spawn(process.execPath, [executablePath('blocksmith'), ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
    });
    const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
    ready = JSON.parse(line);
  });

  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells them when it is ready, and in its status', async () => {
    expect(ready).toMatchObject({ ...RULES, height: 101 });
    expect(await json('status')).toMatchObject(RULES);
    expect(await blocksmith('status')).toMatch(
      /\nThe difficulty, 32 at first, adjusts every 16 blocks to one in 60 seconds\.\nNodes refuse to undo more than 6 blocks\.\n/,
    );
  });

  it('has a time that goes on with its blocks, and a limit', async () => {
    const { clock } = await json('status');
    expect((await json('mine', '20')).hashes).toHaveLength(20);
    expect((await json('status')).clock).toMatchObject({ time: clock.time + 20 * 60, frozen: true });
    await expect(blocksmith('reorg', '7')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/refuse to undo more than 6 blocks/),
    });
    expect((await json('reorg', '2')).added).toHaveLength(3);
    await expect(blocksmith('attack', '--lab', 'lab')).rejects.toMatchObject({
      stderr: expect.stringMatching(/needs a network created without one/),
    });
    expect(
      await json('attack', '--lab', 'lab', '--confirmations', '1', '--max-reorg', '6', '--hashrate', '0.8'),
    ).toMatchObject({ kind: 'double-spend', refused: 0 });
  });
});

describe('rules that make no sense', () => {
  it.each([
    ['a period too short', ['--proof-of-work', '3']],
    ['a spacing without proof of work', ['--spacing', '60']],
    ['a difficulty without proof of work', ['--difficulty', '60']],
    ['a chain with proof of work that is kept', ['--proof-of-work', '16', '--datadir', folder]],
    ['a limit that is no number', ['--max-reorg', 'none']],
  ])('%s is refused with exit code 2', async (_what, args) => {
    await expect(blocksmith('up', ...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: /),
    });
  });
});
