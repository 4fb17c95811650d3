import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { RpcCallError } from '../../regtest/rpc/caller.js';
import type { RpcClient } from '../../regtest/rpc/client.js';
import { hashToHex, toHex } from '../../src/primitives/bytes.js';
import { defined } from '../../src/runtime/errors.js';
import { bitcoind, CoreDaemon } from '../support/core-daemon.js';
import { coinRecords, STATUS } from '../support/core-reader/databases.js';
import {
  type DataDirectory,
  fileInfoOf,
  readDataDirectory,
  replayTo,
} from '../support/core-reader/directory.js';
import { type FlatFile, MAGIC } from '../support/core-reader/flat-files.js';
import { hex } from '../support/core-reader/hashing.js';
import {
  type PeersFile,
  readFeeEstimatesFile,
  readMempoolFile,
  readPeersFile,
} from '../support/core-reader/node-files.js';
import {
  callOf,
  type Fate,
  type ManyForms,
  manyFormsChain,
  payments,
  type Step,
} from '../support/many-forms-chain.js';

/** Sizes with -fastprune, as Core has them. */
const BLOCK_CHUNK = 16 << 10;
const BLOCK_FILE_SIZE = 64 << 10;
const UNDO_CHUNK = 1 << 20;

/** What stands where old versions of Core wrote their own. */
const RECORD_VERSION = 259_900;

const STORED = STATUS.HAVE_DATA | STATUS.OPT_WITNESS;

/** What the status of a block must be, in Core after it was started once more. */
const STATUS_OF: Readonly<Record<Fate, number>> = {
  connected: STATUS.SCRIPTS | STORED | STATUS.HAVE_UNDO,
  stored: STATUS.TRANSACTIONS | STORED,
  header: STATUS.TREE,
  broken: STATUS.TRANSACTIONS | STORED | STATUS.FAILED_VALID,
  refused: STATUS.TREE | STATUS.FAILED_VALID,
  'on-broken': STATUS.TRANSACTIONS | STORED | STATUS.FAILED_CHILD,
  'header-on-broken': STATUS.TREE | STATUS.FAILED_CHILD,
};

/** Genesis is stored, and never connected like others. */
const GENESIS_STATUS = STATUS.TRANSACTIONS | STORED;

async function give(rpc: RpcClient, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const verdict = await rpc.request<string | null>(...callOf(step)).catch((thrown: unknown) => {
      if (thrown instanceof RpcCallError) return thrown.reason;
      throw thrown;
    });
    expect(verdict, `${step.what} of height ${steps.indexOf(step) + 1}`).toBe(step.verdict);
  }
}

function roundUp(size: number, chunk: number): number {
  return Math.ceil(size / chunk) * chunk;
}

/** Everything that a directory with this chain must hold. */
function checkDirectory(directory: DataDirectory, chain: ManyForms): void {
  checkFiles(directory);
  checkIndex(directory, chain);
  checkCoins(directory, chain);
}

function checkFiles(directory: DataDirectory): void {
  const { blockFiles, undoFiles, index } = directory;
  expect(blockFiles.length).toBeGreaterThan(5);
  expect(blockFiles.map(({ number }) => number)).toEqual(blockFiles.map((_, number) => number));
  // A file none of whose blocks was connected has no undo file.
  expect(undoFiles.every(({ number }) => number < blockFiles.length)).toBe(true);
  expect(index.lastFile).toBe(blockFiles.length - 1);
  expect([...index.files.keys()].sort((a, b) => a - b)).toEqual(blockFiles.map(({ number }) => number));
  expect([...index.flags]).toEqual([]);
  expect(index.reindexing).toBe(false);
  for (const { number, size, used, records, tail } of blockFiles) {
    expect(index.files.get(number), `info of file ${number}`).toEqual(fileInfoOf(directory, number));
    const isLast = number === blockFiles.length - 1;
    // A file that was left was cut to what it holds, and would not have held the next block.
    expect(size).toBe(isLast ? roundUp(used, BLOCK_CHUNK) : used);
    expect(tail.every(byte => byte === 0)).toBe(true);
    const next = blockFiles[number + 1]?.records[0];
    if (next !== undefined) expect(used + 8 + next.data.length).toBeGreaterThanOrEqual(BLOCK_FILE_SIZE);
    expect(used < BLOCK_FILE_SIZE || records.length === 1).toBe(true);
  }
  for (const { size, used, tail } of undoFiles) {
    expect([used, roundUp(used, UNDO_CHUNK)]).toContain(size);
    expect(tail.every(byte => byte === 0)).toBe(true);
  }
  // Those are cut whose highest block was connected; a block that broke a rule keeps one as it was allocated.
  const left = undoFiles.filter(({ number }) => number < blockFiles.length - 1);
  expect(new Set(left.map(({ size, used }) => size === used))).toEqual(new Set([true, false]));
}

function checkIndex({ index, blocks, undoFiles }: DataDirectory, chain: ManyForms): void {
  const genesis = [...index.blocks.values()].find(({ height }) => height === 0);
  expect(genesis?.status).toBe(GENESIS_STATUS);
  const wanted = new Map([...chain.fates].map(([hash, fate]) => [hash, STATUS_OF[fate]]));
  for (const { hash, version, height, status, prev } of index.blocks.values()) {
    expect(version).toBe(RECORD_VERSION);
    if (height === 0) continue;
    expect(status, `${chain.fates.get(hash)} block at height ${height}`).toBe(wanted.get(hash));
    expect(index.blocks.get(prev)?.height).toBe(height - 1);
  }
  expect(index.blocks.size).toBe(chain.fates.size + 1);
  // Blocks lie where they arrived, undo data where blocks were connected.
  const heights = [...blocks.values()].map(({ record }) => record.height);
  expect(heights).not.toEqual(heights.toSorted((a, b) => a - b));
  const inOrder = [...blocks.values()].filter(({ undo }) => undo !== undefined);
  const places = inOrder.map(({ record }) => `${record.file}:${record.undoPos}`);
  const written = undoFiles.flatMap(({ records }) => records.map(({ file, pos }) => `${file}:${pos}`));
  expect(places).not.toEqual(written);
  expect(places.toSorted()).toEqual(written.toSorted());
}

function checkCoins(directory: DataDirectory, chain: ManyForms): void {
  const { chainstate, blocks } = directory;
  expect(chainstate.best).toBe(chain.tip);
  expect(chainstate.heads).toBeUndefined();
  expect(chainstate.key.some(byte => byte !== 0)).toBe(true);
  const replay = replayTo(directory, chain.tip);
  expect(replay.height).toBe(chain.height);
  const best = ['42', hex(Buffer.from(chain.tip, 'hex').reverse())] as const;
  expect(new Map([...chainstate.raw])).toEqual(coinRecords(replay.coins).set(...best));
  // Undo data of the branches that lost are those of their own coins.
  const parents = new Set([...blocks.values()].map(({ block }) => block.prev));
  for (const [hash, { undo }] of blocks)
    if (undo !== undefined && !parents.has(hash)) replayTo(directory, hash);
}

const chain = manyFormsChain();

/** Mocked time, later than all blocks. */
const NOW = 1_800_000_000;
const BAN_END = 2_000_000_000;
const SOMEBODY = 'ab'.repeat(32);

const ADDRESSES = [
  { address: '1.2.3.4', port: 8333, tried: false, host: '1:01020304' },
  { address: '250.7.8.9', port: 1, tried: true, host: '1:fa070809' },
  { address: '2a00:1450::5', port: 18333, tried: false, host: `2:2a001450${'00'.repeat(11)}05` },
  {
    address: 'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion',
    port: 8333,
    tried: true,
    host: '4:79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f',
  },
] as const;

/** Signed, one on top of the other, that pay different fees. */
const unconfirmed = payments(chain);

/** Gives a node what goes to its other files: transactions, fee deltas, bans, addresses. */
async function fillFiles(rpc: RpcClient): Promise<void> {
  for (const tx of unconfirmed) await rpc.call('sendrawtransaction', toHex(tx.raw));
  await rpc.request('prioritisetransaction', hashToHex(defined(unconfirmed[1], 'second').txid), 0, 12_345);
  await rpc.request('prioritisetransaction', SOMEBODY, 0, -678);
  await rpc.request('setban', '192.0.2.0/24', 'add', BAN_END, true);
  await rpc.request('setban', '2a00:1450::9', 'add', 1000);
  for (const { address, port, tried } of ADDRESSES)
    expect(await rpc.request('addpeeraddress', address, port, tried)).toEqual({ success: true });
}

function checkNodeFiles(file: (name: string) => Uint8Array): void {
  const mempool = readMempoolFile(file('mempool.dat'));
  const txids = unconfirmed.map(tx => hashToHex(tx.txid));
  expect(mempool.key.length).toBe(8);
  expect(new Set(mempool.transactions.map(({ txid }) => txid))).toEqual(new Set(txids));
  for (const { txid, time, delta } of mempool.transactions)
    expect([time, delta]).toEqual([BigInt(NOW), txid === txids[1] ? 12_345n : 0n]);
  expect([...mempool.deltas]).toEqual([[SOMEBODY, -678n]]);
  expect(new Set(mempool.unbroadcast)).toEqual(new Set(txids));
  checkPeers(readPeersFile(file('peers.dat'), MAGIC.regtest));
  const bans: unknown = JSON.parse(Buffer.from(file('banlist.json')).toString());
  const banned = (address: string, until: number) => ({
    version: 1,
    ban_created: NOW,
    banned_until: until,
    address,
  });
  expect(bans).toMatchObject({
    banned_nets: [banned('192.0.2.0/24', BAN_END), banned('2a00:1450::9/128', NOW + 1000)],
  });
  const fees = readFeeEstimatesFile(file('fee_estimates.dat'));
  expect([fees.neededVersion, fees.writtenBy, fees.bestHeight]).toEqual([149_900, 280_100, chain.height]);
  // Horizons of 24 blocks, 12, and 42 days.
  expect(fees.stats.map(({ scale, confirmed }) => [scale, confirmed.length])).toEqual([
    [2, 24],
    [1, 12],
    [24, 42],
  ]);
  for (const { averages, counts, confirmed, failed } of fees.stats)
    for (const row of [averages, counts, ...confirmed, ...failed])
      expect(row.length).toBe(fees.buckets.length);
}

function checkPeers({ format, compatible, inNew, tried, buckets, asMapChecksum }: PeersFile): void {
  expect([format, compatible, asMapChecksum]).toEqual([4, 4, '00'.repeat(32)]);
  for (const [known, wasTried] of [
    [inNew, false],
    [tried, true],
  ] as const) {
    const wanted = ADDRESSES.filter(address => address.tried === wasTried).map(({ host, port }) => ({
      time: NOW,
      // NODE_NETWORK and NODE_WITNESS.
      services: 9,
      host,
      port,
      source: host,
      lastSuccess: wasTried ? BigInt(NOW) : 0n,
      attempts: 0,
    }));
    expect(known.toSorted((a, b) => (a.host < b.host ? -1 : 1))).toEqual(wanted);
  }
  expect(buckets.length).toBe(1024);
  expect(new Set(buckets.flat())).toEqual(new Set(inNew.keys()));
}

/** What gettxoutsetinfo says of the coins, apart from the size of its database. */
async function coinsOf(rpc: RpcClient): Promise<Record<string, unknown>> {
  const { disk_size: _, ...info } = await rpc.request<Record<string, unknown>>('gettxoutsetinfo');
  return info;
}

/** Sizes and records, without the key that hides them. */
function filesOf(files: readonly FlatFile[]) {
  return files.map(({ number, size, records }) => ({
    number,
    size,
    records: records.map(({ pos, data, checksum }) => [pos, hex(data), hex(checksum)]),
  }));
}

describe.each([
  ['hidden', '-blocksxor=1'],
  ['plain', '-blocksxor=0'],
])('a data directory with %s block files', (name, xorOption) => {
  const args = ['-fastprune', xorOption, `-mocktime=${NOW}`];
  let folder: string;
  let daemon: RegtestDaemon;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `blocksmith-format-${name}-`));
    daemon = new RegtestDaemon({ name: 'writer', datadir: join(folder, 'ours'), args });
    await daemon.start();
    await give(daemon.rpc, chain.steps);
    await fillFiles(daemon.rpc);
    await daemon.stop();
  });

  afterAll(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const file = (name: string, whose = 'ours') => readFileSync(join(folder, whose, 'regtest', name));
  const read = (whose = 'ours') => readDataDirectory(join(folder, whose, 'regtest'));

  it('is what Core would read, record by record', async () => {
    checkDirectory(await read(), chain);
  });

  it('so are its other files', () => {
    checkNodeFiles(file);
  });

  // Set BITCOIND to the path of a Bitcoin Core daemon.
  describe.skipIf(bitcoind === undefined)('beside one that Bitcoin Core wrote', () => {
    const core = () => new CoreDaemon(join(folder, 'core'));

    it('Core comes to the same verdicts, and the reader reads what it wrote', async () => {
      const writer = core();
      await writer.start(...args);
      await give(writer.rpc, chain.steps);
      await fillFiles(writer.rpc);
      await writer.stop();
      // It marks headers on top of a broken block when it reads them.
      await writer.start(...args);
      await writer.stop();
      checkDirectory(await read('core'), chain);
      checkNodeFiles(name => file(name, 'core'));
    });

    it('both have the same files and records', async () => {
      const [ours, theirs] = [await read(), await read('core')];
      expect(filesOf(ours.blockFiles)).toEqual(filesOf(theirs.blockFiles));
      expect(filesOf(ours.undoFiles)).toEqual(filesOf(theirs.undoFiles));
      expect(ours.index.raw).toEqual(theirs.index.raw);
      expect(ours.chainstate.raw).toEqual(theirs.chainstate.raw);
      const fees = 'fee_estimates.dat';
      expect(file(fees).toString('hex')).toBe(file(fees, 'core').toString('hex'));
      // But for whose file it is, which a note says.
      const bans = file('banlist.json').toString().replace('by the node', 'by Bitcoin Core');
      expect(bans).toBe(file('banlist.json', 'core').toString());
    });

    it('each checks all blocks of the other, and finds the same coins', async () => {
      const strict = [...args, '-checklevel=4', '-checkblocks=0'];
      const inOurs = new CoreDaemon(join(folder, 'ours'));
      await inOurs.start(...strict);
      const found = await coinsOf(inOurs.rpc);
      await inOurs.stop();
      const inTheirs = new RegtestDaemon({ name: 'visitor', datadir: join(folder, 'core'), args: strict });
      await inTheirs.start();
      expect(await coinsOf(inTheirs.rpc)).toEqual(found);
      await inTheirs.stop();
      // And nothing was changed by the visits.
      checkDirectory(await read(), chain);
      checkDirectory(await read('core'), chain);
    });
  });
});

describe('a process that ended in the middle of writing coins', () => {
  /** Blocks whose coins were written before. */
  const BEFORE = 60;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-format-crash-'));
    const first = daemon();
    await first.start();
    await give(first.rpc, chain.steps.slice(0, BEFORE));
    await first.stop();
    const second = daemon('-dbbatchsize=1000', '-dbcrashratio=1');
    await second.start();
    await give(second.rpc, chain.steps.slice(BEFORE));
    await second.rpc.request('gettxoutsetinfo').catch(() => undefined);
    await second.exited;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const daemon = (...args: string[]) =>
    new RegtestDaemon({ name: 'victim', datadir: join(folder, 'victim'), args: ['-fastprune', ...args] });

  it('leaves the mark with both tips, and each coin as of one of them', async () => {
    const directory = await readDataDirectory(join(folder, 'victim', 'regtest'));
    checkFiles(directory);
    checkIndex(directory, chain);
    const { raw, best, heads } = directory.chainstate;
    const oldTip = hashToHex(defined(chain.steps[BEFORE - 1], 'step').block.hash);
    expect(best).toBeUndefined();
    expect(heads).toEqual([chain.tip, oldTip]);
    const [before, after] = [oldTip, chain.tip].map(tip => coinRecords(replayTo(directory, tip).coins));
    const isOfEither = ([key, value]: readonly [string, string]) =>
      before?.get(key) === value || after?.get(key) === value;
    const coins = [...raw].filter(([key]) => key.startsWith('43'));
    expect(coins.every(isOfEither)).toBe(true);
    const inBoth = [...(before ?? [])].filter(([key]) => after?.has(key));
    expect(inBoth.every(([key]) => raw.has(key))).toBe(true);
    // Not all was written.
    expect(coins.length).toBeLessThan(after?.size ?? 0);
  });

  it.skipIf(bitcoind === undefined)('Core mends it', async () => {
    await cp(join(folder, 'victim'), join(folder, 'core'), { recursive: true });
    const core = new CoreDaemon(join(folder, 'core'));
    await core.start('-fastprune');
    expect(await core.rpc.call('getbestblockhash')).toBe(chain.tip);
    await core.stop();
    checkDirectory(await readDataDirectory(join(folder, 'core', 'regtest')), chain);
  });

  it('the next start mends it', async () => {
    const next = daemon();
    await next.start();
    await next.stop();
    checkDirectory(await readDataDirectory(join(folder, 'victim', 'regtest')), chain);
  });
});
