import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { Random } from '../../regtest/random.js';
import { waitFor } from '../../regtest/wait.js';
import { bitcoind, CoreDaemon } from '../support/core-daemon.js';
import { CORE_TEST_BASE, mineCoreTestChain } from '../support/core-test-chain.js';

const TOP_HEIGHT = 160;
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const ROUNDS = 4;
/** Nodes that are killed at the same time. */
const AT_ONCE = 2;
const SEED = 20_261_125;
/** Longest time between the begin of a piece of work and the kill, in milliseconds. */
const LONGEST_LIFE_MS = 250;

interface ChainStates {
  readonly headers: number;
  readonly chainstates: readonly {
    readonly blocks: number;
    readonly validated: boolean;
    readonly snapshot_blockhash?: string;
  }[];
}

interface Coins {
  readonly bestblock: string;
  readonly hash_serialized_3: string;
}

let folder: string;
let source: RegtestDaemon;
let snapshotFile: string;
let headers: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-snapshot-'));
  source = new RegtestDaemon({ name: 'source', datadir: join(folder, 'source') });
  await source.start();
  await mineCoreTestChain(source.rpc, CORE_TEST_BASE.height);
  snapshotFile = join(folder, 'utxo.dat');
  expect(await source.rpc.request('dumptxoutset', snapshotFile)).toEqual({
    coins_written: CORE_TEST_BASE.height,
    base_hash: CORE_TEST_BASE.hash,
    base_height: CORE_TEST_BASE.height,
    path: snapshotFile,
    txoutset_hash: CORE_TEST_BASE.coinsHash,
    nchaintx: CORE_TEST_BASE.height + 1,
  });
  await source.rpc.call('generatetoaddress', TOP_HEIGHT - CORE_TEST_BASE.height, ADDRESS);
  headers = [];
  for (let height = 1; height <= TOP_HEIGHT; height++) {
    const hash = await source.rpc.call('getblockhash', height);
    headers.push(await source.rpc.request<string>('getblockheader', hash, false));
  }
});

afterAll(async () => {
  await source.stop();
  await rm(folder, { recursive: true, force: true });
});

const statesOf = async (node: RegtestDaemon) =>
  (await node.rpc.request<ChainStates>('getchainstates')).chainstates;
const coinsOf = (node: RegtestDaemon) => node.rpc.request<Coins>('gettxoutsetinfo');
const services = async (node: RegtestDaemon) =>
  (await node.rpc.request<{ localservicesnames: string[] }>('getnetworkinfo')).localservicesnames;
const connect = (node: RegtestDaemon) => node.rpc.call('addnode', `127.0.0.1:${source.p2pPort}`, 'onetry');

async function submitHeaders(node: RegtestDaemon): Promise<void> {
  for (const header of headers) await node.rpc.request('submitheader', header);
}

function daemon(name: string): RegtestDaemon {
  // Small, so that coins are written often.
  return new RegtestDaemon({ name, datadir: join(folder, name), args: ['-dbcache=4', '-checkblockindex=1'] });
}

/** The node is one like any other again, with the chain and the coins of the source. */
async function expectValidated(node: RegtestDaemon): Promise<void> {
  await waitFor(
    async () => {
      const states = await statesOf(node);
      return states.length === 1 && states[0]?.blocks === TOP_HEIGHT;
    },
    { what: 'all to be validated' },
  );
  const [ours, theirs] = await Promise.all([coinsOf(node), coinsOf(source)]);
  expect([ours.bestblock, ours.hash_serialized_3]).toEqual([theirs.bestblock, theirs.hash_serialized_3]);
}

describe('a node that starts from a snapshot', () => {
  it('has its coins at once, validates what lies below, and is a full node in the end', async () => {
    const node = daemon('plain');
    await node.start();
    try {
      await submitHeaders(node);
      expect(await node.rpc.request('loadtxoutset', snapshotFile)).toEqual({
        coins_loaded: CORE_TEST_BASE.height,
        tip_hash: CORE_TEST_BASE.hash,
        base_height: CORE_TEST_BASE.height,
        path: snapshotFile,
      });
      const [behind, followed] = await statesOf(node);
      expect(behind).toMatchObject({ blocks: 0, validated: true });
      expect(behind).not.toHaveProperty('snapshot_blockhash');
      expect(followed).toMatchObject({
        blocks: CORE_TEST_BASE.height,
        validated: false,
        snapshot_blockhash: CORE_TEST_BASE.hash,
      });
      expect((await coinsOf(node)).hash_serialized_3).toBe(CORE_TEST_BASE.coinsHash);
      expect(await services(node)).not.toContain('NETWORK');
      await connect(node);
      await expectValidated(node);
      expect(await services(node)).toContain('NETWORK');
      await node.stop();
      await node.start();
      await expectValidated(node);
      expect(await statesOf(node)).toMatchObject([{ validated: true }]);
      expect((await statesOf(node))[0]).not.toHaveProperty('snapshot_blockhash');
    } finally {
      await node.stop();
    }
  });

  it('goes without the snapshot when its file was damaged', async () => {
    const node = daemon('damaged');
    await node.start();
    try {
      await submitHeaders(node);
      const file = join(folder, 'cut.dat');
      const bytes = await readFile(snapshotFile);
      bytes[60] = (bytes[60] as number) ^ 1;
      await writeFile(file, bytes);
      await expect(node.rpc.request('loadtxoutset', file)).rejects.toThrow(
        `Unable to load UTXO snapshot: Population failed: Bad snapshot content hash: expected ${CORE_TEST_BASE.coinsHash}`,
      );
      await expect(node.rpc.request('loadtxoutset', 'nowhere.dat')).rejects.toThrow(
        `Couldn't open file ${join(node.datadir, 'regtest', 'nowhere.dat')} for reading.`,
      );
      expect(await statesOf(node)).toHaveLength(1);
      await connect(node);
      await expectValidated(node);
    } finally {
      await node.stop();
    }
  });
});

describe('a node that is killed with SIGKILL while it starts from a snapshot', () => {
  const random = new Random(SEED);

  /** Kills the node after a while, and starts it again. */
  const killAndStart = async (node: RegtestDaemon) => {
    await delay(random.fraction() * LONGEST_LIFE_MS);
    await node.kill('SIGKILL');
    await node.start();
  };

  const playRound = async (round: number) => {
    const node = daemon(`killed${round}`);
    await node.start();
    try {
      await submitHeaders(node);
      void node.rpc.request('loadtxoutset', snapshotFile).catch(() => {});
      await killAndStart(node);
      if ((await statesOf(node)).length === 1) {
        // The kill came first: nothing of the load is left but what the next one does away with.
        expect((await statesOf(node))[0]?.blocks).toBe(0);
        await submitHeaders(node);
        await node.rpc.request('loadtxoutset', snapshotFile);
      }
      await connect(node);
      await killAndStart(node);
      await connect(node);
      await expectValidated(node);
      await killAndStart(node);
      await killAndStart(node);
      await connect(node);
      await expectValidated(node);
      await node.stop();
      await node.start();
      await expectValidated(node);
      expect((await statesOf(node))[0]).not.toHaveProperty('snapshot_blockhash');
    } finally {
      await node.stop();
    }
  };

  // A node waits as much as it works.
  it(`comes to the same chain and coins, ${ROUNDS} times`, { timeout: 240_000 }, async () => {
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => playRound(round + more)));
    }
  });
});

describe.skipIf(bitcoind === undefined)('with Bitcoin Core (set BITCOIND to its path)', () => {
  it("snapshots of one chain are the same to the byte, and each loads the other's", async () => {
    const core = new CoreDaemon(join(folder, 'core'));
    await core.start();
    const ours = daemon('ours');
    await ours.start();
    try {
      const theirs = join(folder, 'core.dat');
      await mineCoreTestChain(core.rpc, CORE_TEST_BASE.height);
      await core.rpc.request('dumptxoutset', theirs);
      expect((await readFile(theirs)).equals(await readFile(snapshotFile))).toBe(true);
      await submitHeaders(ours);
      await ours.rpc.request('loadtxoutset', theirs);
      await connect(ours);
      await expectValidated(ours);
      const other = new CoreDaemon(join(folder, 'core2'));
      await other.start();
      try {
        for (const header of headers) await other.rpc.request('submitheader', header);
        await other.rpc.request('loadtxoutset', snapshotFile);
        await other.rpc.call('addnode', `127.0.0.1:${source.p2pPort}`, 'onetry');
        const states = () => other.rpc.request<ChainStates>('getchainstates');
        await waitFor(async () => (await states()).chainstates.length === 1, {
          what: 'Core to validate our snapshot',
        });
      } finally {
        await other.stop();
      }
    } finally {
      await Promise.all([core.stop(), ours.stop()]);
    }
  });

  it('each goes on with a snapshot that the other was validating', async () => {
    const shared = join(folder, 'shared');
    const ours = new RegtestDaemon({ name: 'shared', datadir: shared });
    await ours.start();
    await submitHeaders(ours);
    await ours.rpc.request('loadtxoutset', snapshotFile);
    await ours.stop();
    const core = new CoreDaemon(shared);
    await core.start();
    const { chainstates } = await core.rpc.request<ChainStates>('getchainstates');
    expect(chainstates.map(({ blocks, validated }) => [blocks, validated])).toEqual([
      [0, true],
      [CORE_TEST_BASE.height, false],
    ]);
    await core.stop();
    await ours.start();
    try {
      expect((await statesOf(ours)).map(({ blocks }) => blocks)).toEqual([0, CORE_TEST_BASE.height]);
      await connect(ours);
      await expectValidated(ours);
    } finally {
      await ours.stop();
    }
  });
});
