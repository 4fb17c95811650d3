import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { executablePath, verifyReplay } from '../../regtest/index.js';
import { waitFor } from '../../regtest/wait.js';

const run = promisify(execFile);

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Ready {
  readonly height: number;
  readonly datadir: string;
  readonly nodes: readonly {
    readonly pid: number;
    readonly rpc: string;
    readonly datadir: string;
    readonly cookie: string;
    readonly address: string;
    readonly key: string;
    readonly balance: number;
  }[];
  readonly examples: readonly string[];
  readonly mnemonic: string;
  readonly accounts: readonly {
    readonly address: string;
    readonly balance: number;
    readonly node?: number;
  }[];
}

async function startUp(...args: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, [executablePath('blocksmith'), 'up', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return { child, ready: JSON.parse(line) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lab(...args: string[]) {
  return run(process.execPath, [executablePath('blocksmith'), ...args]);
}

describe('blocksmith up', () => {
  it('tells all in one JSON line, works with blocksmith-cli, and stops cleanly on SIGTERM', async () => {
    const { child, ready } = await startUp('--nodes', '2');
    expect(ready.height).toBe(101);
    expect(ready.nodes.map(({ balance }) => balance)).toEqual([4, 4]);
    expect(ready.examples[0]).toBe(
      `npx blocksmith-cli -datadir=${ready.nodes[0]?.datadir} -regtest getblockcount`,
    );
    for (const { datadir, cookie } of ready.nodes) {
      expect(existsSync(cookie)).toBe(true);
      const words = [`-datadir=${datadir}`, '-regtest', 'getblockcount'];
      const { stdout } = await run(process.execPath, [executablePath('blocksmith-cli'), ...words]);
      expect(stdout).toBe('101\n');
    }
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(ready.nodes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(existsSync(ready.datadir)).toBe(false);
  });

  it('takes keys from a phrase, and shows the accounts with their coins', async () => {
    const phrase = `${'abandon '.repeat(11)}about`;
    const { ready } = await startUp('--nodes', '1', '--mode', 'inProcess', '--mnemonic', phrase);
    expect(ready.mnemonic).toBe(phrase);
    expect(ready.accounts).toHaveLength(10);
    expect(ready.accounts[0]?.address).toBe(ready.nodes[0]?.address);
    expect(ready.accounts.map(({ node }) => node)).toEqual([0, ...Array(9).fill(undefined)]);
    expect(ready.accounts.map(({ balance }) => balance)).toEqual(Array(10).fill(4));
  });

  it('leaves no node behind when it is killed', async () => {
    const { child, ready } = await startUp('--nodes', '1');
    child.kill('SIGKILL');
    await waitFor(() => ready.nodes.every(({ pid }) => !isAlive(pid)), { what: 'the nodes to end' });
    rmSync(ready.datadir, { recursive: true });
  });
});

describe('blocksmith attack', () => {
  it('with --trials and --json prints exactly one object', async () => {
    const { stdout } = await lab(
      'attack',
      '--hashrate',
      '0.3',
      '--confirmations',
      '3',
      '--trials',
      '300',
      '--json',
    );
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'kind',
      'mode',
      'trials',
      'successes',
      'rate',
      'low',
      'high',
      'low99',
      'high99',
      'theory',
      'hashrate',
      'confirmations',
      'giveUp',
      'seed',
      'rules',
      'figures',
    ]);
    expect(result).toMatchObject({ mode: 'strict', trials: 300, hashrate: 0.3, confirmations: 3 });
    expect(result.theory).toBeCloseTo(0.18005, 4);
  });

  it.each([
    ['a hash rate of 1', ['attack', '--hashrate', '1']],
    ['no hash rate', ['attack', '--hashrate', '0']],
    ['negative confirmations', ['attack', '--confirmations=-1']],
    ['no trials', ['attack', '--trials', '0']],
    ['two nodes', ['attack', '--nodes', '2']],
    ['an unknown topology', ['up', '--topology', 'torus']],
    ['a phrase that is none', ['up', '--mnemonic', 'abandon '.repeat(12)]],
    ['fewer accounts than nodes', ['up', '--nodes', '4', '--accounts', '3']],
    ['an unknown option', ['up', '--sideways']],
    ['an unknown command', ['down']],
    ['an unknown kind', ['attack', '--kind', 'bribery']],
    ['a live attack of a kind that needs trials', ['attack', '--kind', 'selfish']],
    ['an expectation of an unknown figure', ['attack', '--trials', '1', '--expect', 'luck>1']],
    ['a simulation of nobody', ['simulate', '--nodes', '0']],
    ['a checkpoint that is not there', ['simulate', '--resume', '/nowhere/run.json']],
    ['a file that cannot be written', ['simulate', '--csv', '/nowhere/blocks.csv']],
    ['a recording that cannot be written', ['simulate', '--record', '/nowhere/run.jsonl']],
    ['a recording of a live attack', ['attack', '--record', 'run.jsonl']],
  ])('refuses %s with a clear error and exit code 2', async (_what, args) => {
    await expect(lab(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: /) });
  });

  it.each(['double-spend', 'selfish', 'eclipse', 'censor', 'partition'])('%s prints a table', async kind => {
    const { stdout } = await lab('attack', '--kind', kind, '--trials', '300');
    expect(stdout).toMatch(/^300 /);
    expect(stdout).toContain('99 % interval');
    expect(stdout).toMatch(/ inside$/m);
  });

  it('presets come with facts and money', async () => {
    const { stdout } = await lab('attack', '--preset', 'bitcoin-gold-2020', '--trials', '100');
    expect(stdout).toContain('reported  14 blocks removed, 13 put in');
    expect(stdout).toContain('cost of hash');
    const { stdout: json } = await lab('attack', '--preset', 'monero-2025', '--trials', '100', '--json');
    expect(JSON.parse(json)).toMatchObject({ preset: 'monero-2025', confirmations: 18, hashrate: 0.36 });
  });

  it('expectations decide about the exit code', async () => {
    const attack = ['attack', '--hashrate', '0.3', '--confirmations', '3', '--trials', '300'];
    const { stdout } = await lab(...attack, '--expect', 'rate<0.5', '--expect', 'reorg>=3');
    expect(stdout).toMatch(/expected rate<0.5: yes, rate is 0\.\d+\nexpected reorg>=3: yes/);
    await expect(lab(...attack, '--expect', 'rate<1%')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('expected rate<1%: NO, rate is 0.'),
    });
  });
});

describe('blocksmith --record', () => {
  it.each([
    ['simulate', ['simulate', '--nodes', '20', '--blocks', '20', '--seed', '5']],
    ['attack', ['attack', '--trials', '30', '--hashrate', '0.3', '--max-reorg', '4', '--watch', '0.5']],
  ])('of %s writes what a run with the same options gives again', async (_, args) => {
    const folder = mkdtempSync(join(tmpdir(), 'blocksmith-record-'));
    try {
      const file = join(folder, 'run.jsonl');
      await lab(...args, '--record', file);
      const { lines } = await verifyReplay(file);
      expect(lines).toBeGreaterThan(100);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('blocksmith simulate', () => {
  const network = ['simulate', '--nodes', '60', '--blocks', '80', '--interval', '20'];

  it('tells stale blocks beside theory, and writes a line for each block', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'blocksmith-simulate-'));
    const csv = join(folder, 'blocks.csv');
    const { stdout } = await lab(...network, '--csv', csv, '--expect', 'stale<0.5');
    expect(stdout).toMatch(/stale blocks +\S+ % +\d+ of 80 +\S+ % to \S+ % +\S+ % +(in|out)side/);
    expect(stdout).toContain('to 99 % of the nodes');
    const lines = readFileSync(csv, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(81);
    expect(lines[0]).toMatch(/^block,previous,height,time,finder,region,stale/);
    rmSync(folder, { recursive: true });
  });

  it('with --json prints exactly one object, the same for the same seed', async () => {
    const run = async () => {
      const { wallSeconds, ...result } = JSON.parse((await lab(...network, '--json')).stdout);
      expect(wallSeconds).toBeGreaterThan(0);
      return result;
    };
    const result = await run();
    expect(result).toMatchObject({ found: 80, options: { nodes: 60 }, stale: { of: 80 } });
    expect(await run()).toEqual(result);
  });

  it('writes a checkpoint on Ctrl-C, and goes on from it to the same end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'blocksmith-simulate-'));
    const file = join(folder, 'run.json');
    const large = ['simulate', '--nodes', '200', '--blocks', '1500', '--interval', '30', '--json'];
    const child = spawn(process.execPath, [
      executablePath('blocksmith'),
      ...large,
      '--checkpoint',
      file,
      '--checkpoint-every',
      '0.01',
    ]);
    started.push(child);
    await waitFor(() => existsSync(file), { what: 'the first checkpoint' });
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    const { wallSeconds: _, ...resumed } = JSON.parse(
      (await lab('simulate', '--resume', file, '--json')).stdout,
    );
    const { wallSeconds: __, ...whole } = JSON.parse((await lab(...large)).stdout);
    expect(resumed).toEqual(whole);
    await expect(lab('simulate', '--resume', file, '--nodes', '201')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was written with nodes 200, not 201'),
    });
    rmSync(folder, { recursive: true });
  });
});
