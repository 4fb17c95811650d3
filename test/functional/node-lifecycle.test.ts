import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../regtest/ports.js';
import { RpcClient } from '../../regtest/rpc-client.js';
import { waitFor } from '../../regtest/wait.js';
import { runDaemon } from '../../src/node/daemon.js';
import { Node, StartInterrupted } from '../../src/node/node.js';
import { parseDaemonArgs, prepareNode } from '../../src/node/prepare.js';

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

  const args = async (name: string): Promise<string[]> => {
    const [p2p] = await freePorts(1);
    return [
      '-regtest',
      `-datadir=${join(folder, name)}`,
      '-rpcport=0',
      `-bind=127.0.0.1:${p2p}`,
      '-connect=0',
      '-printtoconsole=0',
      '-keypool=1',
    ];
  };

  const start = async (name: string): Promise<{ node: Node; rpc: RpcClient }> => {
    mkdirSync(join(folder, name), { recursive: true });
    const node = new Node(prepareNode(parseDaemonArgs(await args(name))));
    await node.start();
    const cookieFile = join(folder, name, 'regtest', '.cookie');
    return { node, rpc: new RpcClient({ port: node.rpcPort, cookieFile, host: '::1' }) };
  };

  it('starts and stops as often as wanted, keeps its chain, and leaves nothing open', async () => {
    const before = openHandles().length;
    for (let round = 0; round < 3; round++) {
      const { node, rpc } = await start('one');
      expect(await rpc.call('getblockcount')).toBe(round * 5);
      await rpc.call('generatetoaddress', 5, ADDRESS);
      rpc.close();
      await node.stop();
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
    for (const { node, rpc } of [one, two]) {
      rpc.close();
      await node.stop();
    }
  });

  it('refuses a data directory that is in use', async () => {
    const { node, rpc } = await start('one');
    const settings = parseDaemonArgs(await args('one'));
    expect(() => new Node(prepareNode(settings))).toThrow('Cannot obtain a lock on data directory');
    rpc.close();
    await node.stop();
  });

  it('breaks a start off when it is stopped meanwhile, and starts again', async () => {
    mkdirSync(join(folder, 'one'), { recursive: true });
    const node = new Node(prepareNode(parseDaemonArgs(await args('one'))));
    const started = node.start();
    await node.stop();
    await expect(started).rejects.toThrow(StartInterrupted);
    expect(existsSync(join(folder, 'one', 'regtest', '.lock'))).toBe(false);
    const again = await start('one');
    expect(await again.rpc.call('getblockcount')).toBe(0);
    again.rpc.close();
    await again.node.stop();
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
