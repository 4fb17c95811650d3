import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { executablePath } from '../../regtest/executables.js';
import { freePorts } from '../../regtest/ports.js';
import { RpcClient } from '../../regtest/rpc/client.js';
import { waitFor } from '../../regtest/wait.js';

/*
 * A node whose disk takes no more: it ends with Core's sentence and exit code 1, and once there is room again it starts by
 * itself, with the coins of its block.
 */

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Room on the small disk, and how much of it the node never touches; see `src/chain/store/disk-space.ts`. */
const SMALL_DISK_MIB = 96;

/** Whether a small disk can be made here: on Linux, as root, where mounting is allowed. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const at = join(tmpdir(), `blocksmith-mount-${process.pid}`);
  try {
    mkdirSync(at);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

const MOUNTS = canMount();
if (!MOUNTS) console.log('A small disk cannot be made here (it takes root and mount): that suite skips.');

interface CoinsInfo {
  readonly bestblock: string;
  readonly hash_serialized_3: string;
}

/** A daemon whose files are limited in size, by the shell that starts it. */
class LimitedDaemon {
  private child: ChildProcess | undefined;
  private stderr = '';
  private port = 0;

  constructor(
    private readonly datadir: string,
    private readonly args: readonly string[] = [],
  ) {}

  get rpc(): RpcClient {
    return new RpcClient({ port: this.port, cookieFile: join(this.datadir, 'regtest', '.cookie') });
  }

  get log(): string {
    return readFileSync(join(this.datadir, 'regtest', 'debug.log'), 'utf8');
  }

  /** @param limitKib largest size of a file, in KiB; without it there is no limit */
  async start(limitKib?: number): Promise<void> {
    mkdirSync(this.datadir, { recursive: true });
    const [p2p, rpc = 0] = await freePorts(2);
    this.port = rpc;
    this.stderr = '';
    const limit = limitKib === undefined ? '' : `ulimit -f ${limitKib}; `;
    const command = [process.execPath, executablePath('blocksmithd'), '-regtest', `-datadir=${this.datadir}`];
    const options = [
      `-bind=127.0.0.1:${p2p}`,
      `-rpcport=${rpc}`,
      '-connect=0',
      '-printtoconsole=0',
      '-keypool=1',
    ];
    const words = [...command, ...options, ...this.args];
    const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.child = child;
    const { rpc: client } = this;
    await waitFor(
      async () =>
        child.exitCode !== null ||
        client.call('getblockcount').then(
          () => true,
          () => false,
        ),
      { what: 'the daemon to answer, or to end' },
    );
    client.close();
  }

  /** Waits for the end; exit code, and what was written to standard error. */
  async ended(): Promise<[code: number | null, stderr: string]> {
    const { child } = this;
    if (child !== undefined && child.exitCode === null) await once(child, 'close');
    return [child?.exitCode ?? null, this.stderr.trim()];
  }

  async stop(): Promise<void> {
    this.child?.kill('SIGTERM');
    await this.ended();
  }
}

/** Mines until the node does not answer any more. */
async function mineUntilItEnds(daemon: LimitedDaemon): Promise<void> {
  const { rpc } = daemon;
  const outcome = await rpc.call('generatetoaddress', 2000, ADDRESS).catch((thrown: unknown) => thrown);
  rpc.close();
  expect(outcome).toBeInstanceOf(Error);
}

/** The blocks that a node has give the coins that it says it has. */
async function expectRightCoins(daemon: LimitedDaemon, scratch: string): Promise<void> {
  const { rpc } = daemon;
  expect(await rpc.request<boolean>('verifychain', 4, 0)).toBe(true);
  const found = await rpc.request<CoinsInfo>('gettxoutsetinfo');
  const height = await rpc.call('getblockcount');
  const other = new LimitedDaemon(scratch);
  await other.start();
  const { rpc: sound } = other;
  for (let at = 1; at <= height; at++) {
    const block = await rpc.request<string>('getblock', await rpc.call('getblockhash', at), 0);
    await sound.request('submitblock', block);
  }
  const expected = await sound.request<CoinsInfo>('gettxoutsetinfo');
  expect([found.bestblock, found.hash_serialized_3]).toEqual([
    expected.bestblock,
    expected.hash_serialized_3,
  ]);
  rpc.close();
  sound.close();
  await other.stop();
}

const FATAL = 'Error: A fatal internal error occurred, see debug.log for details: ';

describe('a node whose files may not grow', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-limit-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const expectEnd = async (daemon: LimitedDaemon, why: string): Promise<void> => {
    expect(await daemon.ended()).toEqual([1, `${FATAL}${why}`]);
    // What the disk said, and of which file, is for the log.
    expect(daemon.log).toMatch(/EFBIG.*\((.*blocks.(blk|rev)00000\.dat)\)/);
  };

  it('does not start when the first block cannot be stored', { timeout: 60_000 }, async () => {
    const daemon = new LimitedDaemon(join(folder, 'node'));
    await daemon.start(8 << 10);
    await expectEnd(daemon, 'Failed to write block.');
    await daemon.start();
    await daemon.stop();
    expect(await daemon.ended()).toEqual([0, '']);
  });

  it('stops when undo data cannot be stored, and goes on when they can', { timeout: 60_000 }, async () => {
    const daemon = new LimitedDaemon(join(folder, 'node'), ['-fastprune']);
    await daemon.start(512);
    await mineUntilItEnds(daemon);
    await expectEnd(daemon, 'Failed to write undo data.');
    await daemon.start();
    const { rpc } = daemon;
    await rpc.call('generatetoaddress', 5, ADDRESS);
    rpc.close();
    await expectRightCoins(daemon, join(folder, 'sound'));
    await daemon.stop();
  });
});

describe.skipIf(!MOUNTS)('a node on a small disk', () => {
  let folder: string;
  let disk: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-disk-'));
    disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MIB}m`, 'tmpfs', disk]);
  });

  afterEach(async () => {
    execFileSync('umount', [disk]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Fills the disk but for `leave` bytes. @returns the path of what fills it */
  const fill = (leave: number): string => {
    const path = join(disk, 'filler');
    const fd = openSync(path, 'w');
    const lot = Buffer.alloc(64 << 10, 1);
    try {
      for (;;) writeSync(fd, lot);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(fd);
    }
    const spare = join(disk, 'spare');
    rmSync(path);
    writeFileSync(spare, Buffer.alloc(leave));
    const again = openSync(path, 'w');
    try {
      for (;;) writeSync(again, lot);
    } catch {
      closeSync(again);
    }
    rmSync(spare);
    return path;
  };

  it.each([
    ['has little room', 1 << 20],
    ['has no room at all', 0],
  ])(
    'that %s stops in Core’s words, and goes on when there is room',
    { timeout: 120_000 },
    async (_, leave) => {
      const daemon = new LimitedDaemon(join(disk, 'node'), ['-fastprune']);
      await daemon.start();
      const { rpc } = daemon;
      await rpc.call('generatetoaddress', 150, ADDRESS);
      rpc.close();
      const filler = fill(leave);
      await mineUntilItEnds(daemon);
      const [code, stderr] = await daemon.ended();
      expect(stderr).toBe(`${FATAL}Disk space is too low!`);
      expect(code).toBe(1);
      rmSync(filler);
      await daemon.start();
      await expectRightCoins(daemon, join(folder, 'sound'));
      await daemon.stop();
      expect(await daemon.ended()).toEqual([0, '']);
    },
  );

  it('that fills up before it stops says so at the end', { timeout: 120_000 }, async () => {
    const daemon = new LimitedDaemon(join(disk, 'node'));
    await daemon.start();
    const { rpc } = daemon;
    await rpc.call('generatetoaddress', 20, ADDRESS);
    rpc.close();
    const filler = fill(0);
    await daemon.stop();
    expect(await daemon.ended()).toEqual([1, `${FATAL}Disk space is too low!`]);
    rmSync(filler);
    await daemon.start();
    await expectRightCoins(daemon, join(folder, 'sound'));
    await daemon.stop();
  });
});
