import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import type { RpcClient } from '../../regtest/rpc/client.js';
import { bitcoind, CoreDaemon } from '../support/core-daemon.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Enough that two files of some 250 blocks are more than 288 blocks below the tip. */
const HEIGHT = 560;

async function coinsOf(rpc: RpcClient): Promise<string> {
  return (await rpc.request<{ hash_serialized_3: string }>('gettxoutsetinfo')).hash_serialized_3;
}

/** A node with small files is pruned, killed, started in several ways, and built again. */
describe('a node with -prune', () => {
  let folder: string;
  let running: RegtestDaemon | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-prune-'));
  });

  afterAll(async () => {
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The same directory with other options. */
  const start = async (...args: string[]): Promise<RegtestDaemon> => {
    await running?.stop();
    running = new RegtestDaemon({
      name: 'pruned',
      datadir: join(folder, 'pruned'),
      args: ['-fastprune', ...args],
    });
    await running.start();
    return running;
  };
  const blocksDir = () => join(folder, 'pruned', 'regtest', 'blocks');
  const filesOf = () => readdirSync(blocksDir()).filter(name => /^(blk|rev)\d+\.dat$/.test(name));
  const info = (node: RegtestDaemon) =>
    node.rpc.request<{ blocks: number; pruned: boolean; pruneheight?: number }>('getblockchaininfo');

  it('prunes by hand, and is the same when it is killed and started again', {
    timeout: 120_000,
  }, async () => {
    const node = await start('-prune=1');
    await node.rpc.request('createwallet', 'left behind');
    await node.rpc.request('unloadwallet', 'left behind');
    await node.rpc.call('generatetoaddress', HEIGHT, ADDRESS);
    const coins = await coinsOf(node.rpc);
    expect(filesOf()).toContain('blk00000.dat');
    const last = await node.rpc.request<number>('pruneblockchain', HEIGHT);
    expect(last).toBeGreaterThan(200);
    expect(last).toBeLessThanOrEqual(HEIGHT - 288);
    expect(filesOf()).not.toContain('blk00000.dat');
    expect(filesOf()).not.toContain('rev00000.dat');
    expect(await info(node)).toMatchObject({ blocks: HEIGHT, pruned: true, pruneheight: last + 1 });
    await node.kill('SIGKILL');
    const again = await start('-prune=1');
    expect(await info(again)).toMatchObject({ blocks: HEIGHT, pruned: true, pruneheight: last + 1 });
    expect(await coinsOf(again.rpc)).toBe(coins);
    await again.rpc.call('generatetoaddress', 1, ADDRESS);
    const gone = await again.rpc.call('getblockhash', last);
    await expect(again.rpc.call('getblock', gone)).rejects.toThrow('Block not available (pruned data)');
    const { localservicesnames } = await again.rpc.request<{ localservicesnames: string[] }>(
      'getnetworkinfo',
    );
    expect(localservicesnames).not.toContain('NETWORK');
    expect(localservicesnames).toContain('NETWORK_LIMITED');
    // It was closed at genesis.
    await expect(again.rpc.request('loadwallet', 'left behind')).rejects.toThrow(
      'Prune: last wallet synchronisation goes beyond pruned data.',
    );
  });

  it('does not start without -prune, and says what to do', { timeout: 60_000 }, async () => {
    await expect(start()).rejects.toThrow(
      'You need to rebuild the database using -reindex to go back to unpruned mode.  This will redownload the entire blockchain.\nPlease restart with -reindex or -reindex-chainstate to recover.',
    );
  });

  it('begins anew with -reindex, since the first file is gone', { timeout: 60_000 }, async () => {
    const node = await start('-prune=1', '-reindex');
    expect(await info(node)).toMatchObject({ blocks: 0, pruneheight: 0 });
    expect(existsSync(join(blocksDir(), 'blk00001.dat'))).toBe(false);
    await node.rpc.call('generatetoaddress', 3, ADDRESS);
    const full = await start();
    expect(await info(full)).toMatchObject({ blocks: 3, pruned: false });
  });
});

describe.skipIf(bitcoind === undefined)('with Bitcoin Core (set BITCOIND to its path)', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-prune-core-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const PRUNING = ['-fastprune', '-prune=1'];
  interface PruneInfo {
    readonly pruned: boolean;
    readonly pruneheight: number;
    readonly blocks: number;
    readonly size_on_disk: number;
  }
  const pruneInfo = async (rpc: RpcClient): Promise<PruneInfo> => {
    const { pruned, pruneheight, blocks, size_on_disk } = await rpc.request<PruneInfo>('getblockchaininfo');
    return { pruned, pruneheight, blocks, size_on_disk };
  };

  it('it opens a directory that we pruned, and prunes on', { timeout: 120_000 }, async () => {
    const datadir = join(folder, 'pruned by us');
    const pruned = new RegtestDaemon({ name: 'pruned', datadir, args: PRUNING });
    await pruned.start();
    await pruned.rpc.call('generatetoaddress', HEIGHT, ADDRESS);
    expect(await pruned.rpc.request('pruneblockchain', HEIGHT)).toBeGreaterThan(200);
    const ourInfo = await pruneInfo(pruned.rpc);
    const hash = await coinsOf(pruned.rpc);
    await pruned.stop();
    const successor = new CoreDaemon(datadir);
    await successor.start(...PRUNING, '-checklevel=4', '-checkblocks=280', '-checkblockindex=1');
    expect(await pruneInfo(successor.rpc)).toEqual(ourInfo);
    expect(await coinsOf(successor.rpc)).toBe(hash);
    await successor.rpc.call('generatetoaddress', HEIGHT / 2, ADDRESS);
    const last = await successor.rpc.request('pruneblockchain', HEIGHT);
    expect(last).toBeGreaterThan(ourInfo.pruneheight);
    const theirInfo = await pruneInfo(successor.rpc);
    await successor.stop();
    await pruned.start();
    expect(await pruneInfo(pruned.rpc)).toEqual(theirInfo);
    await pruned.stop();
  });

  it('we open a directory that it pruned, and prune what it would', { timeout: 120_000 }, async () => {
    const datadir = join(folder, 'pruned by core');
    const pruned = new CoreDaemon(datadir);
    await pruned.start(...PRUNING);
    await pruned.rpc.call('generatetoaddress', HEIGHT, ADDRESS);
    await pruned.rpc.request('pruneblockchain', HEIGHT);
    await pruned.rpc.call('generatetoaddress', HEIGHT / 2, ADDRESS);
    const theirInfo = await pruneInfo(pruned.rpc);
    const hash = await coinsOf(pruned.rpc);
    await pruned.stop();
    await cp(datadir, join(folder, 'copy'), { recursive: true });
    const ours = new RegtestDaemon({
      name: 'successor',
      datadir,
      args: [...PRUNING, '-checklevel=4', '-checkblocks=280'],
    });
    await ours.start();
    expect(await pruneInfo(ours.rpc)).toEqual(theirInfo);
    expect(await coinsOf(ours.rpc)).toBe(hash);
    // Both are told the same.
    const copy = new CoreDaemon(join(folder, 'copy'));
    await copy.start(...PRUNING);
    for (const height of [HEIGHT - 100, HEIGHT + HEIGHT / 2]) {
      const answers = [];
      for (const { rpc } of [ours, copy]) {
        answers.push(await rpc.request('pruneblockchain', height), await pruneInfo(rpc));
      }
      expect(answers.slice(0, 2)).toEqual(answers.slice(2));
    }
    await Promise.all([ours.stop(), copy.stop()]);
  });
});
