import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../regtest/control/registry.js';
import { executablePath, LabClient } from '../../regtest/index.js';
import { waitFor } from '../../regtest/wait.js';

const run = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), 'blocksmith-commands-'));
const env = { ...process.env, BLOCKSMITH_LAB_DIR: join(folder, 'labs') };
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ready {
  readonly datadir?: string;
  readonly nodes: readonly { readonly pid?: number; readonly name: string }[];
  readonly lab: {
    readonly name: string;
    readonly control: string;
    readonly events: string;
    readonly token: string;
    readonly page?: string;
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly ready: Ready;
}

interface Replaying extends Pick<Ready, 'lab'> {
  readonly recording: { readonly events: number };
}

/** @param nodeArgs options of Node.js */
function startUp(args: readonly string[], nodeArgs: readonly string[] = []): Promise<Running> {
  return startBlocksmith<Ready>(['up', '--json', ...args], nodeArgs);
}

/** Starts a command that tells in one JSON line when it is ready, and goes on. */
async function startBlocksmith<R>(args: readonly string[], nodeArgs: readonly string[] = []) {
  const words = [...nodeArgs, executablePath('blocksmith'), ...args];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'], env });
  started.push(child);
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  const ready: R = JSON.parse(line);
  return { child, ready };
}

async function blocksmith(...args: string[]): Promise<string> {
  return (await run(process.execPath, [executablePath('blocksmith'), ...args], { env })).stdout;
}

/** A file that names the processes that a command has started: there is none when it has started none. */
const spawned = join(folder, 'spawned');
const spy = join(folder, 'spy.mjs');
const SPY = `
import childProcess from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  appendFileSync(${JSON.stringify(spawned)}, String(args[1]) + '\\n');
  return spawn(...args);
};
syncBuiltinESMExports();
`;
writeFileSync(spy, SPY);

/** The same, with a record of the processes that are started. */
async function blocksmithSpying(...args: string[]): Promise<string> {
  const words = ['--import', spy, executablePath('blocksmith'), ...args];
  return (await run(process.execPath, words, { env })).stdout;
}

async function json(...args: string[]) {
  const lines = (await blocksmith(...args, '--json')).trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

function failure(code: number, stderr: RegExp) {
  return { code, stderr: expect.stringMatching(stderr) };
}

const ended = ({ ready }: Running) =>
  waitFor(() => ready.nodes.every(({ pid = 0 }) => !isAlive(pid)), { what: 'all nodes to end' });

describe('commands on a running lab', () => {
  let lab: Running;

  beforeAll(async () => {
    lab = await startUp(['--nodes', '3', '--mode', 'inProcess', '--no-page']);
  });

  it('up tells where the lab is, and the entry of the lab is found by itself', async () => {
    const { name, control, events, token, page } = lab.ready.lab;
    expect([name, page]).toEqual(['lab', undefined]);
    expect(control).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(events).toBe(`${control.replace('http', 'ws')}/events`);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect(await json('status')).toMatchObject({ name: 'lab', mode: 'inProcess' });
    expect(await blocksmith('status')).toMatch(/^lab: 3 nodes \(inProcess\), a mesh\n\nnode +height/);
  });

  it('each command does what it says', async () => {
    const file = join(folder, 'lab.dump');
    const recording = join(folder, 'run.jsonl');
    await blocksmith('record', recording);
    expect((await json('mine', '3', '--node', 'node1')).hashes).toHaveLength(3);
    expect(await json('send', '0', '1', '0.5', '--confirm', '--fee-rate', '5')).toHaveProperty('block');
    expect(await json('faucet', '2', '0.75')).toHaveProperty('txid');
    expect((await json('partition', '0,1', '2')).links[1].connected).toBe(false);
    expect((await json('heal')).links[1].connected).toBe(true);
    expect((await json('link', '0', '1', '--latency', '3', '--down')).links[0].conditions).toMatchObject({
      latencyMs: 3,
      down: true,
    });
    expect((await json('link', '--up', '--latency', '0')).links).toHaveLength(3);
    expect(await json('disconnect', '0', '1')).toMatchObject({ connected: false });
    expect(await json('connect', '0', '1')).toMatchObject({ connected: true });
    expect((await json('reorg', '2')).added).toHaveLength(3);
    expect(await json('snapshot', 'base')).toMatchObject({ name: 'base' });
    await blocksmith('mine', '2');
    expect(await json('revert')).toMatchObject({ name: 'base' });
    expect((await json('dump', file)).bytes).toBeGreaterThan(1000);
    expect(await json('load', file)).toMatchObject({ name: '1' });
    expect(await json('snapshot', 'base', '--drop')).toMatchObject({ name: 'base' });
    expect(await json('advance', '600')).toMatchObject({ frozen: false });
    expect(await json('clock', '--release')).toMatchObject({ offset: 0 });
    expect(await json('mining', 'clocks', '--seconds', '60', '--shares', '3,1,1')).toEqual({
      plan: { kind: 'clocks', meanSeconds: 60, shares: [3, 1, 1] },
    });
    expect(await json('mining', 'off')).toEqual({ plan: { kind: 'off' } });
    expect(await json('node', '2', 'stop')).toMatchObject({ running: false });
    expect(await json('node', '2', 'start')).toMatchObject({ running: true });
    expect((await json('log', '0', '--lines', '3')).lines).toHaveLength(3);
    expect(await blocksmith('rpc', '0', 'getblockcount')).toMatch(/^\d+\n$/);
    expect(await json('rpc', '1', 'getbalances', '--wallet', 'lab')).toHaveProperty('mine');
    expect((await json('accounts')).accounts).toHaveLength(10);
    const outcome = await json('attack', '--lab', 'lab', '--confirmations', '2', '--expect', 'reorg>=2');
    expect(outcome).toMatchObject({ kind: 'double-spend', success: true });
    const { events } = await json('record', '--stop');
    expect(await json('replay', recording, '--no-page')).toMatchObject({ events, lab: 'lab' });
    expect((await blocksmith('replay', recording, '--no-page')).split('\n').length).toBeGreaterThan(events);
  });

  it('replay serves the page of a recording, which can be looked at and not changed', async () => {
    const recording = join(folder, 'run.jsonl');
    const { child, ready } = await startBlocksmith<Replaying>(['replay', recording, '--json']);
    expect(ready).toMatchObject({
      ready: true,
      recording: { file: recording, mode: 'inProcess', nodes: ['node0', 'node1', 'node2'] },
    });
    const { url, token } = { url: ready.lab.control, token: ready.lab.token };
    expect(ready.lab.page).toBe(`${url}/#token=${token}`);
    expect(await (await fetch(url)).text()).toContain('<title>Blocksmith lab</title>');
    const client = LabClient.connect({ url, token });
    const { length } = (await client.call('events', {})).events;
    expect(length).toBe(ready.recording.events);
    expect((await client.call('events', { since: length - 1 })).events.length).toBeGreaterThan(0);
    const { status } = await client.call('view', {});
    expect(status).toMatchObject({ name: 'lab', replay: { file: 'run.jsonl', events: length }, seq: 0 });
    expect(status.links).toHaveLength(3);
    for (const call of [
      () => client.call('mine', {}),
      () => client.call('trials', { trials: 1 }),
      () => client.call('down', {}),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(
          /^this is the recording run\.jsonl, not a lab: .*nothing can be changed$/,
        ),
      });
    await expect(client.call('view', { belowHeight: -1 })).rejects.toMatchObject({ code: 'invalid' });
    client.close();
    expect((await json('status')).name, 'the lab is the only one that commands find').toBe('lab');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    [2, ['mine', '10001'], /^Error: blocks must be a whole number from 1 to 10000, not 10001/],
    [2, ['mine', 'some'], /^error: command-argument value 'some' is invalid/],
    [2, ['link', '0'], /^error: a link is between two nodes/],
    [2, ['send', '0', '1', '-5'], /^error: /],
    [2, ['replay', 'run.jsonl', '--no-page', '--port', '0'], /^error: --port is that of the page/],
    [2, ['record'], /^error: give a file, or --stop/],
    [2, ['node', '0', 'explode'], /^error: /],
    [2, ['up', '--name', '../x'], /^error: .*small letters/],
    [2, ['up', '--port', '70000'], /^error: /],
    [1, ['mine', '--node', 'bob'], /^Error: there is no node "bob": there are node0 to node2/],
    [1, ['rpc', '0', 'getblockhash', '99999'], /^Error: getblockhash: Block height out of range \(code -8\)/],
    [1, ['status', '--lab', 'other'], /^Error: no lab "other" is running; there is lab/],
    [1, ['revert', 'never'], /^Error: there is no snapshot "never"/],
    [1, ['load', '/nowhere/lab.dump'], /^Error: .*\/nowhere\/lab\.dump/],
    [1, ['replay', '/nowhere/run.jsonl'], /^Error: .*\/nowhere\/run\.jsonl/],
  ])('exit code %i for blocksmith %j', async (code, args, stderr) => {
    await expect(blocksmith(...args)).rejects.toMatchObject(failure(code, stderr));
  });

  it('a taken port and a taken name are clear errors, before anything is started', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    // Daemons in a directory of their own: whatever is started leaves something there, or is told as a process.
    const datadir = join(folder, 'never-made');
    const up = ['up', '--nodes', '2', '--datadir', datadir];
    await expect(blocksmithSpying(...up, '--port', port)).rejects.toMatchObject(
      failure(1, /^Error: port \d+ of 127\.0\.0\.1 is taken/),
    );
    holder.close();
    await expect(blocksmithSpying(...up, '--name', 'lab')).rejects.toMatchObject(
      failure(1, /^Error: a lab with the name lab runs already/),
    );
    expect(existsSync(datadir)).toBe(false);
    expect(existsSync(spawned)).toBe(false);
  });

  it('down ends the lab, also while an attack goes on; then there is none', async () => {
    const attack = blocksmith('attack', '--lab', 'lab', '--hashrate', '0.5', '--confirmations', '300');
    const outcome = expect(attack).rejects.toMatchObject(failure(1, /^Error: the attack was stopped/));
    await waitFor(async () => (await json('status')).attack, { what: 'the attack to begin' });
    const exited = once(lab.child, 'exit');
    expect(await blocksmith('down')).toBe('lab has ended.\n');
    expect(await exited).toEqual([0, null]);
    await outcome;
    await expect(blocksmith('status')).rejects.toMatchObject(
      failure(1, /^Error: no lab is running: start one with `blocksmith up`/),
    );
  });
});

describe('a lab of daemons', () => {
  /** Makes a process throw where nothing catches it, when it gets SIGUSR2. */
  const crashes = join(folder, 'crashes.mjs');
  let lab: Running;

  beforeAll(async () => {
    writeFileSync(crashes, "process.on('SIGUSR2', () => { throw new Error('crashed'); });\n");
    lab = await startUp(['--nodes', '2', '--name', 'daemons'], ['--import', crashes, '--import', spy]);
  });

  it('starts a process for each node', () => {
    expect(readFileSync(spawned, 'utf8').match(/blocksmithd/g)).toHaveLength(2);
  });

  it('goes on when a node is killed from outside, which can be started again with wallet and links', async () => {
    const pid = lab.ready.nodes[1]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await waitFor(async () => !(await json('status')).nodes[1].running, { what: 'the end to be noticed' });
    await expect(blocksmith('mine', '--node', '1')).rejects.toMatchObject(
      failure(1, /^Error: node1 does not run: start it first/),
    );
    await blocksmith('mine', '2');
    expect(await json('node', '1', 'start')).toMatchObject({ running: true, peers: ['node0'] });
    await waitFor(async () => (await json('status')).nodes[1].height === 103, { what: 'node1 to catch up' });
    expect(await json('send', '1', '0', '0.5')).toHaveProperty('txid');
  });

  it('ends with all its nodes when it crashes, and its entry is forgotten', async () => {
    const { nodes } = await json('status');
    expect(nodes.every(({ pid }: { pid: number }) => isAlive(pid))).toBe(true);
    const exited = once(lab.child, 'exit');
    lab.child.kill('SIGUSR2');
    await exited;
    await waitFor(() => nodes.every(({ pid }: { pid: number }) => !isAlive(pid)), {
      what: 'all nodes to end',
    });
    await expect(blocksmith('status')).rejects.toMatchObject(failure(1, /^Error: no lab is running/));
    rmSync(lab.ready.datadir ?? '', { recursive: true, force: true });
  });

  it.each([
    ['SIGINT', 0, null],
    ['SIGHUP', 0, null],
    ['SIGKILL', null, 'SIGKILL'],
  ] as const)('leaves no node behind after %s', async (signal, code, signalCode) => {
    lab = await startUp(['--nodes', '1']);
    const exited = once(lab.child, 'exit');
    lab.child.kill(signal);
    expect(await exited).toEqual([code, signalCode]);
    await ended(lab);
    expect(existsSync(lab.ready.datadir ?? '')).toBe(signal === 'SIGKILL');
    rmSync(lab.ready.datadir ?? '', { recursive: true, force: true });
  });
});
