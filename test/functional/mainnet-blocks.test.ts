import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath } from '../../regtest/executables.js';
import { freePorts } from '../../regtest/ports.js';
import { RpcClient } from '../../regtest/rpc/client.js';
import { waitFor } from '../../regtest/wait.js';
import { summarize } from '../support/core-reader/coins-summary.js';
import { readDataDirectory, replayTo } from '../support/core-reader/directory.js';
import { MAGIC } from '../support/core-reader/flat-files.js';
import { hasShared, sharedPath } from '../support/shared.js';

const FILE = 'vectors/blocks/mainnet-000000-004521.blk.dat';
const OVERFLOW =
  'vectors/blocks/invalid/74638-0000000000790ab3f22ec756ad43b6ab569abf0bddeb97c67a6f7b1470a7ec1c.bin';
const HEIGHT = 4521;
const TIP = '00000000ac08f7d984f6b36027395e654a5f1e3bb006cd9df9c60b9897ea4c40';

/** Nobody is looked for, nobody is listened to, nobody is connected to; and every script is run. */
const OFFLINE = [
  '-connect=0',
  '-listen=0',
  '-dnsseed=0',
  '-assumevalid=0',
  '-disablewallet',
  '-printtoconsole=0',
];

/** Addresses in the form of /proc/net/tcp, which has their bytes in the machine's order. */
const LOOPBACK = [/^0100007F$/, /^0{24}01000000$/, /^0{16}FFFF00000100007F$/];

/** Remote ends of TCP connections that a process has and had lately, but for those on this machine. */
function outsideConnections(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap(table =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map(line => line.trim().split(/\s+/))
      .filter(columns => inodes.has(columns[9] ?? ''))
      .map(columns => (columns[2] ?? '').split(':')[0] ?? '')
      .filter(remote => !/^0+$/.test(remote) && !LOOPBACK.some(pattern => pattern.test(remote))),
  );
}

describe.skipIf(!hasShared)('the first 4,522 blocks of mainnet, by -loadblock', () => {
  let folder: string;
  let child: ChildProcess;
  let ended: Promise<unknown>;
  let rpc: RpcClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-mainnet-'));
    const [port = 0] = await freePorts(1);
    const args = [`-datadir=${folder}`, `-rpcport=${port}`, '-debug=net', ...OFFLINE];
    child = spawn(
      process.execPath,
      [executablePath('blocksmithd'), ...args, `-loadblock=${sharedPath(FILE)}`],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
        env: { ...process.env, BLOCKSMITH_PARENT_PIPE: '1' },
      },
    );
    ended = new Promise(resolve => child.once('exit', resolve));
    rpc = new RpcClient({ port, cookieFile: join(folder, '.cookie') });
    const height = () => rpc.call('getblockcount').catch(() => -1);
    await waitFor(async () => (await height()) === HEIGHT, {
      what: 'all blocks of the file',
      timeoutMs: 50_000,
    });
  });

  afterAll(async () => {
    child.kill();
    await ended;
    rpc.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are all there, up to the right tip', async () => {
    expect(await rpc.call('getbestblockhash')).toBe(TIP);
    const info = await rpc.call('getblockchaininfo');
    expect([info.chain, info.blocks, info.headers]).toEqual(['main', HEIGHT, HEIGHT]);
  });

  it('are reached without a connection to anywhere', async () => {
    expect(await rpc.call('getpeerinfo')).toEqual([]);
    if (process.platform === 'linux') expect(outsideConnections(child.pid ?? 0)).toEqual([]);
    const log = readFileSync(join(folder, 'debug.log'), 'utf8');
    expect(log).not.toMatch(/trying v\d connection|Loading addresses from DNS seed/);
  });

  it('refuse the block of the overflow beside them', async () => {
    const block = readFileSync(sharedPath(OVERFLOW)).toString('hex');
    expect(await rpc.request('submitblock', block)).toBe('bad-txns-vout-toolarge');
  });

  it('give the coins that a plain replay gives, in the words of gettxoutsetinfo and on disk', async () => {
    const info = await rpc.request<Record<string, unknown>>('gettxoutsetinfo');
    await rpc.call('stop');
    await ended;
    const directory = await readDataDirectory(folder, MAGIC.main);
    const { coins, height } = replayTo(directory, TIP);
    const summary = summarize(coins);
    expect(info).toMatchObject({
      height,
      bestblock: TIP,
      txouts: summary.txouts,
      transactions: summary.transactions,
      bogosize: summary.bogosize,
      hash_serialized_3: summary.hashSerialized,
      total_amount: Number(summary.total) / 1e8,
    });
    expect(height).toBe(HEIGHT);
    expect(summarize(directory.chainstate.coins)).toEqual(summary);
    // The records are those of the file that was loaded, which has one more that is cut short.
    const stored = directory.blockFiles.flatMap(({ records }) => records.map(({ data }) => data));
    const given = readFileSync(sharedPath(FILE));
    expect(stored.length).toBe(HEIGHT + 1);
    let at = 0;
    for (const data of stored) {
      at += 8 + data.length;
      expect(Buffer.compare(given.subarray(at - data.length, at), data)).toBe(0);
    }
  });
});
