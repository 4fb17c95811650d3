import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { executablePath } from '../../regtest/executables.js';
import { waitFor } from '../../regtest/wait.js';
import { runDaemon } from '../../src/node/daemon.js';
import { Node, StartInterrupted } from '../../src/node/node.js';
import { prepareInProcess, startInProcess } from '../support/node-in-process.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Kinds of handles that keep a process alive; pipes of the test runner itself are always there. */
function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter(name => ['TCPServerWrap', 'TCPSocketWrap', 'Timeout'].includes(name));
}

describe('a node in this process', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-node-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = (name: string) => startInProcess(join(folder, name));

  it('starts and stops as often as wanted, keeps its chain, and leaves nothing open', async () => {
    const before = openHandles().length;
    for (let round = 0; round < 3; round++) {
      const { rpc, stop } = await start('one');
      expect(await rpc.call('getblockcount')).toBe(round * 5);
      await rpc.call('generatetoaddress', 5, ADDRESS);
      await stop();
      expect(existsSync(join(folder, 'one', 'regtest', '.cookie'))).toBe(false);
      expect(existsSync(join(folder, 'one', 'regtest', '.lock'))).toBe(false);
    }
    // The client's side of a closed connection goes a turn or two later.
    await waitFor(() => openHandles().length <= before, {
      what: 'every handle to be closed',
      timeoutMs: 5000,
    });
  });

  it('lives beside another with a data directory of its own', async () => {
    const [one, two] = [await start('one'), await start('two')];
    await one.rpc.call('generatetoaddress', 3, ADDRESS);
    expect(await two.rpc.call('getblockcount')).toBe(0);
    for (const { stop } of [one, two]) await stop();
  });

  it('refuses a data directory that is in use', async () => {
    const { stop } = await start('one');
    const prepared = await prepareInProcess(join(folder, 'one'));
    expect(() => new Node(prepared)).toThrow('Cannot obtain a lock on data directory');
    await stop();
  });

  it('breaks a start off when it is stopped meanwhile, and starts again', async () => {
    const node = new Node(await prepareInProcess(join(folder, 'one')));
    const started = node.start();
    await node.stop();
    await expect(started).rejects.toThrow(StartInterrupted);
    expect(existsSync(join(folder, 'one', 'regtest', '.lock'))).toBe(false);
    const again = await start('one');
    expect(await again.rpc.call('getblockcount')).toBe(0);
    await again.stop();
  });
});

describe('the daemon as a process', () => {
  it('runs without RPC and peers until it is asked to stop', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blocksmith-daemon-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const args = [
      '-regtest',
      `-datadir=${folder}`,
      '-server=0',
      '-listen=0',
      '-connect=0',
      '-printtoconsole=0',
    ];
    const child = spawn(process.execPath, [executablePath('blocksmithd'), ...args], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = new Promise(resolve => child.once('exit', resolve));
    const log = join(folder, 'regtest', 'debug.log');
    await waitFor(() => existsSync(log) && readFileSync(log, 'utf8').includes('init message: Done loading'), {
      what: 'the node to have started',
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readFileSync(log, 'utf8')).toContain('Shutdown: In progress...');
  });
});

describe('the daemon', () => {
  const run = async (...args: string[]) => {
    const written = { out: '', err: '' };
    const code = await runDaemon(args, {
      out: text => {
        written.out += text;
      },
      err: text => {
        written.err += text;
      },
      stopAsked: new Promise(() => {}),
    });
    return { code, ...written };
  };

  it('fails on an unknown option', async () => {
    const { code, err } = await run('-nonsense=1');
    expect(code).toBe(1);
    expect(err).toBe('Error: Error parsing command line arguments: Invalid parameter -nonsense=1');
  });

  it('fails on a data directory that is not there', async () => {
    const { code, err } = await run('-datadir=/does/not/exist');
    expect([code, err]).toEqual([1, 'Error: Specified data directory "/does/not/exist" does not exist.']);
  });

  it('fails on contradicting networks', async () => {
    const { code, err } = await run('-regtest', '-signet');
    expect(code).toBe(1);
    expect(err).toContain('Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain');
  });

  it('shows its options', async () => {
    const { code, out } = await run('-help');
    expect(code).toBe(0);
    expect(out).toContain('-maxmempool=<n>');
  });

  it('has the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await run('-version')).out).toContain(`v${version}`);
  });
});
