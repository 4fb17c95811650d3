import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { executablePath } from '../../regtest/executables.js';
import { waitFor } from '../../regtest/wait.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const BLOCKS = 150;
const MAGIC = Buffer.from('fabfb5da', 'hex');

interface CoinsInfo {
  readonly height: number;
  readonly bestblock: string;
  readonly hash_serialized_3: string;
}

/**
 * Real daemons whose blocks come from files: their own (-reindex, -reindex-chainstate) or others (-loadblock). RPC answers
 * meanwhile; `getmempoolinfo` says when all is read, since the mempool comes last.
 */
describe('a daemon that reads blocks from files', { timeout: 120_000 }, () => {
  let folder: string;
  /** Data directory of a node with {@link BLOCKS} blocks, and what it said of its coins. Copied by each test. */
  let original: string;
  let coins: CoinsInfo;
  let records: Buffer[];
  let count = 0;

  const coinsOf = async (node: RegtestDaemon): Promise<CoinsInfo> => {
    const { height, bestblock, hash_serialized_3 } = await node.rpc.request<CoinsInfo>('gettxoutsetinfo');
    return { height, bestblock, hash_serialized_3 };
  };
  const isLoaded = async (node: RegtestDaemon) =>
    (await node.rpc.request<{ loaded: boolean }>('getmempoolinfo')).loaded;
  const untilLoaded = (node: RegtestDaemon) =>
    waitFor(() => isLoaded(node), { what: `${node.name} to have read its blocks` });
  const logOf = (datadir: string) => readFileSync(join(datadir, 'regtest', 'debug.log'), 'utf8');

  const daemon = (datadir: string, ...args: readonly string[]): RegtestDaemon => {
    const node = new RegtestDaemon({ name: 'reader', datadir, args });
    onTestFinished(() => node.stop());
    return node;
  };

  /** Runs a node until all is read, and stops it. */
  const readAll = async (datadir: string, ...args: readonly string[]): Promise<CoinsInfo> => {
    const node = daemon(datadir, ...args);
    await node.start();
    await untilLoaded(node);
    const info = await coinsOf(node);
    await node.stop();
    return info;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-import-'));
    original = join(folder, 'original');
    const node = new RegtestDaemon({ name: 'maker', datadir: original, args: ['-blocksxor=0'] });
    await node.start();
    await node.rpc.call('generatetoaddress', BLOCKS, ADDRESS);
    coins = await coinsOf(node);
    await node.stop();
    // LevelDB makes tables of its log when it opens.
    await node.start();
    await node.stop();
    records = recordsOf(readFileSync(join(original, 'regtest', 'blocks', 'blk00000.dat')));
    expect(records).toHaveLength(BLOCKS + 1);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  let datadir: string;
  beforeEach(() => {
    datadir = join(folder, `copy-${count++}`);
  });

  describe('of its own', () => {
    beforeEach(() => {
      cpSync(original, datadir, { recursive: true });
    });

    it('has the same coins after -reindex, again and again, and after -reindex-chainstate', async () => {
      for (const options of [['-reindex'], ['-reindex'], ['-reindex-chainstate'], []]) {
        expect(await readAll(datadir, ...options)).toEqual(coins);
      }
      const log = logOf(datadir);
      expect(log.split('initload thread exit')).toHaveLength(log.split('initload thread start').length);
      expect(log.split('Reindexing block file blk00000.dat...')).toHaveLength(3);
      expect(log).toContain(`Loaded ${BLOCKS} blocks from external file in `);
    });

    it('answers meanwhile, stops when it is asked to, and goes on at the next start', async () => {
      // Swapped, so that blocks wait for their predecessors in the file.
      swapLastTwo(datadir, records);
      const node = daemon(datadir, '-reindex', '-debug=reindex');
      await node.start();
      // Genesis is there as soon as there is an answer.
      expect(await node.rpc.call('getblockhash', 0)).toMatch(/^0f9188f1/);
      await node.stop();
      expect(await readAll(datadir, '-debug=reindex')).toEqual(coins);
      expect(logOf(datadir)).toContain('Reindexing finished');
      expect(logOf(datadir)).toContain('LoadExternalBlockFile: Processing out of order child');
    });

    it('survives being killed at any moment of a reindex', async () => {
      for (let round = 0; round < 2; round++) {
        const node = daemon(datadir, ...(round === 0 ? ['-reindex'] : []));
        await node.start();
        await node.kill('SIGKILL');
      }
      expect(await readAll(datadir)).toEqual(coins);
    });
  });

  describe('of others', () => {
    const fileOf = (name: string, ...parts: readonly Buffer[]): string => {
      const path = join(folder, `${count}-${name}.dat`);
      writeFileSync(path, Buffer.concat(parts));
      return path;
    };

    it('takes them in the order in which they build on each other, rubbish between them or not', async () => {
      const first = fileOf('first', Buffer.alloc(1000, 0xfa), ...records.slice(0, 50));
      const second = fileOf(
        'second',
        ...records.slice(50).flatMap(record => [Buffer.from('rubbish'), record]),
      );
      expect(await readAll(datadir, `-loadblock=${first}`, `-loadblock=${second}`)).toEqual(coins);
    });

    it('passes over those whose predecessor is not known, and warns of a file that is not there', async () => {
      const early = fileOf('early', ...records.slice(100), ...records.slice(0, 100));
      const info = await readAll(
        datadir,
        `-loadblock=${early}`,
        '-loadblock=/nowhere/bootstrap.dat',
        '-debug=reindex',
      );
      expect(info.height).toBe(99);
      expect(logOf(datadir)).toContain('LoadExternalBlockFile: Out of order block');
      expect(logOf(datadir)).toContain('Warning: Could not open blocks file /nowhere/bootstrap.dat');
      // What was passed over is taken the next time.
      expect(await readAll(datadir, `-loadblock=${early}`)).toEqual(coins);
    });

    it('ends afterwards with -stopafterblockimport', async () => {
      const all = fileOf('all', ...records);
      const node = daemon(datadir, `-loadblock=${all}`, '-stopafterblockimport');
      // It may end before or after its first answer.
      await node.start().catch(() => {});
      await node.exited;
      expect(logOf(datadir)).toContain('Stopping after block import');
      expect(await readAll(datadir)).toEqual(coins);
    });
  });

  describe('that cannot be used', () => {
    beforeEach(() => {
      cpSync(original, datadir, { recursive: true });
    });

    const REBUILD = 'Please restart with -reindex or -reindex-chainstate to recover.';

    it('names a damaged index and the way out, which leads out', async () => {
      damageTables(join(datadir, 'regtest', 'blocks', 'index'));
      const { code, err } = await runToEnd(datadir);
      expect(code).toBe(1);
      expect(err).toContain(`: Error opening block database.\n${REBUILD}\n`);
      expect(err).toContain(join('blocks', 'index'));
      expect(logOf(datadir)).toContain(': Error opening block database.');
      expect(await readAll(datadir, '-reindex')).toEqual(coins);
    });

    it('names coins whose files are gone', async () => {
      const chainstate = join(datadir, 'regtest', 'chainstate');
      for (const name of tables(chainstate)) rmSync(join(chainstate, name));
      const { code, err } = await runToEnd(datadir);
      expect([code, err.startsWith(`: Error opening block database.\n${REBUILD}\n`)]).toEqual([1, true]);
      expect(err).toContain(chainstate);
    });

    it('tells of block files that are gone', async () => {
      const file = join(datadir, 'regtest', 'blocks', 'blk00000.dat');
      rmSync(file);
      const { code, err } = await runToEnd(datadir);
      const what = `Block file is missing (${file}). Please restart with -reindex to recover.`;
      expect([code, err]).toEqual([1, `: Error loading block database.\n${REBUILD}\n${what}\n`]);
    });

    it('tells of damaged blocks', async () => {
      const file = openSync(join(datadir, 'regtest', 'blocks', 'blk00000.dat'), 'r+');
      const place = records.slice(0, BLOCKS - 2).reduce((sum, record) => sum + record.length, 0);
      writeSync(file, Buffer.alloc(200, 0x31), 0, 200, place + 20);
      closeSync(file);
      const { code, err } = await runToEnd(datadir);
      expect([code, err.startsWith(`: Corrupted block database detected.\n${REBUILD}\n`)]).toEqual([1, true]);
      expect(err).toContain(join('blocks', 'blk00000.dat'));
    });

    it('refuses the data of another network', async () => {
      const elsewhere = join(datadir, 'signet');
      cpSync(join(datadir, 'regtest'), elsewhere, { recursive: true });
      const { code, err } = await runToEnd(datadir, '-chain=signet');
      expect([code, err]).toEqual([
        1,
        'Error: Incorrect or no genesis block found. Wrong datadir for network?\n',
      ]);
    });
  });

  /** Runs a daemon that is to end by itself. */
  const runToEnd = async (
    dir: string,
    chain = '-chain=regtest',
  ): Promise<{ code: number | null; err: string }> => {
    // It says regtest, and where RPC is.
    rmSync(join(dir, 'bitcoin.conf'), { force: true });
    const args = [chain, '-server=0', '-listen=0', '-connect=0', `-datadir=${dir}`];
    const child = spawn(process.execPath, [executablePath('blocksmithd'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const code = await new Promise<number | null>(resolve => child.once('close', resolve));
    return { code, err };
  };
});

/** The records of a block file that is not hidden, magic and size included. */
function recordsOf(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; file.subarray(at, at + 4).equals(MAGIC); ) {
    const end = at + 8 + file.readUInt32LE(at + 4);
    found.push(file.subarray(at, end));
    at = end;
  }
  return found;
}

/** Writes the last two blocks of a node's file in the other order. */
function swapLastTwo(datadir: string, records: readonly Buffer[]): void {
  const start = records.slice(0, -2).reduce((sum, record) => sum + record.length, 0);
  const swapped = Buffer.concat(records.slice(-2).reverse());
  const file = openSync(join(datadir, 'regtest', 'blocks', 'blk00000.dat'), 'r+');
  writeSync(file, swapped, 0, swapped.length, start);
  closeSync(file);
}

/** Tables of a LevelDB. */
function tables(directory: string): string[] {
  return readdirSync(directory).filter(name => name.endsWith('.ldb'));
}

/** Writes over the begin of every table. */
function damageTables(directory: string): void {
  for (const name of tables(directory)) {
    const file = openSync(join(directory, name), 'r+');
    writeSync(file, Buffer.alloc(200, 0x31), 0, 200, 150);
    closeSync(file);
  }
}
