import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from '../../../../bench/network-state.js';
import { mnemonicOf } from '../../../../regtest/accounts/mnemonic.js';
import { RegtestNetwork } from '../../../../regtest/network.js';
import { readDump } from '../../../../regtest/snapshots/dump.js';
import { DumpError, type DumpProblem } from '../../../../regtest/snapshots/dump-error.js';
import { readDumpFile, writeDumpFile } from '../../../../regtest/snapshots/dump-file.js';

const SEED = 7;

let network: RegtestNetwork;
let folder: string;
let file: string;
let state: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-dump-'));
  file = join(folder, 'network.dump');
  network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess', topology: 'ring', seed: SEED });
  await network.node(0).rpc.request('createwallet', 'savings');
  const payment = ['sendtoaddress', network.node(1).key.address, 1] as const;
  await network.waitForMempool(
    await network
      .node(0)
      .wallet()
      .call(...payment),
  );
  await network.node(0).mine(2);
  await network.waitForSync();
  await network.waitForMempool(
    await network
      .node(0)
      .wallet()
      .call(...payment),
  );
  state = await stateOf(network);
  await network.dump(file);
});

afterAll(async () => {
  await network.stop();
  await rm(folder, { recursive: true });
});

const problemOf = (work: Promise<unknown>): Promise<DumpProblem | undefined> =>
  work.then(
    () => undefined,
    (thrown: unknown) => {
      if (thrown instanceof DumpError) return thrown.problem;
      throw thrown;
    },
  );

describe('a dump of a network', () => {
  it('is what another network can begin from', async () => {
    await using other = await RegtestNetwork.create({ mode: 'inProcess', from: file });
    expect(await stateOf(other)).toBe(state);
    expect(other.seed).toBe(SEED);
    expect(other.topology).toBe('ring');
    expect(other.node(1).key).toEqual(network.node(1).key);
    expect(other.accounts).toEqual(network.accounts);
  });

  it('has the keys with it when they come from a mnemonic of its own', async () => {
    const mnemonic = mnemonicOf(SEED + 1);
    await using own = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess', mnemonic });
    const place = join(folder, 'own.dump');
    await own.dump(place);
    await using other = await RegtestNetwork.create({ mode: 'inProcess', from: place });
    expect(other.mnemonic).toBe(mnemonic);
    expect(
      await problemOf(RegtestNetwork.create({ mode: 'inProcess', from: place, mnemonic: mnemonicOf(SEED) })),
    ).toBe('other-network');
    await rm(place);
  });

  it('has the rules with it, and goes on by them', async () => {
    const proofOfWork = { retargetBlocks: 16, spacingSeconds: 600, difficulty: 4 };
    await using own = await RegtestNetwork.create({
      nodes: 2,
      mode: 'inProcess',
      proofOfWork,
      defences: { maxReorg: 5 },
    });
    const place = join(folder, 'rules.dump');
    await own.dump(place);
    await using other = await RegtestNetwork.create({ mode: 'inProcess', from: place });
    expect(other.rules).toEqual({ proofOfWork, maxReorg: 5 });
    expect(await stateOf(other)).toBe(await stateOf(own));
    const bits = async (network: RegtestNetwork) => {
      // Over an adjustment of the difficulty.
      await network.node(0).mine(proofOfWork.retargetBlocks);
      await network.waitForSync();
      return (await network.node(1).rpc.call('getblockchaininfo')).difficulty;
    };
    expect(await bits(other)).toBe(await bits(own));
    const easier = { ...proofOfWork, difficulty: 2 };
    expect(
      await problemOf(RegtestNetwork.create({ mode: 'inProcess', from: place, proofOfWork: easier })),
    ).toBe('other-network');
    await using plain = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess', fund: false });
    await expect(plain.load(place)).rejects.toThrow(
      'a difficulty of 4 that adjusts itself every 16 blocks to 600 s, and this one has the least difficulty for ever',
    );
    await rm(place);
  });

  it('has the history with it, and forks of it are reorganised', async () => {
    await using other = await RegtestNetwork.create({ mode: 'inProcess', from: file });
    const [a, b] = [other.node(0), other.node(1)];
    const early = await a.rpc.call('getblockhash', 5);
    expect(await b.rpc.call('getblock', early)).toMatchObject({ height: 5 });
    await other.partition([[a], [b]]);
    await a.rpc.request('invalidateblock', await a.rpc.call('getblockhash', 100));
    await a.mine(10);
    await b.mine(1);
    await other.heal();
    const tip = await other.waitForSync();
    expect(await b.rpc.call('getblockheader', tip)).toMatchObject({ height: 109 });
    expect(await b.rpc.request('verifychain', 4, 0)).toBe(true);
  });

  it('can be of a snapshot, and be loaded to revert to', async () => {
    const snapshot = await network.snapshot();
    await network.node(0).mine(3);
    await network.waitForSync();
    const later = await stateOf(network);
    const other = join(folder, 'snapshot.dump');
    await network.dump(other, snapshot);
    expect(await stateOf(network)).toBe(later);
    await network.drop(snapshot);
    const loaded = await network.load(other);
    expect(loaded.tips).toEqual(snapshot.tips);
    for (let round = 0; round < 2; round++) {
      await network.revert(loaded);
      expect(await stateOf(network)).toBe(state);
      await network.node(1).mine();
    }
    await network.drop(loaded);
    await rm(other);
  });

  it('takes the place of the one before only when it is whole', async () => {
    const inFolder = join(folder, 'is-a-folder');
    expect(await problemOf(network.dump(join(inFolder, 'network.dump')))).toBe('unwritable');
    expect(await readdir(folder)).toEqual(['network.dump']);
  });

  it('is refused by a network of other nodes', async () => {
    await using more = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess', fund: false, seed: SEED });
    expect(await problemOf(more.load(file))).toBe('other-network');
    await expect(more.load(file)).rejects.toThrow('2 nodes, and this one has 3');
    const others = { mode: 'inProcess', from: file } as const;
    expect(await problemOf(RegtestNetwork.create({ ...others, nodes: 1 }))).toBe('other-network');
    expect(await problemOf(RegtestNetwork.create({ ...others, seed: SEED + 1 }))).toBe('other-network');
  });
});

describe('a file that is no whole dump', () => {
  let bytes: Buffer;
  let broken: string;

  beforeEach(async () => {
    bytes = await readFile(file);
    broken = join(folder, 'broken.dump');
  });

  afterEach(() => rm(broken, { force: true }));

  const read = async (content: Uint8Array) => {
    await writeFile(broken, content);
    return problemOf(readDump(broken));
  };

  const flipped = (at: number, bits: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
    return copy;
  };

  it('is told by what is wrong with it', async () => {
    expect(await problemOf(readDump(join(folder, 'nothing.dump')))).toBe('no-file');
    expect(await problemOf(readDump(folder))).toBe('no-file');
    expect(await read(Buffer.alloc(0))).toBe('not-a-dump');
    expect(await read(Buffer.from('{"nodes":[]}'))).toBe('not-a-dump');
    expect(await read(bytes.subarray(0, 30))).toBe('damaged');
    expect(await read(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe('damaged');
    expect(await read(flipped(8, 2))).toBe('newer-version');
    expect(await read(flipped(8, 1))).toBe('damaged');
  });

  it('is refused whichever byte of its head is wrong', async () => {
    for (let at = 0; at < 52; at++) expect(await read(flipped(at, 0x10))).toBeDefined();
  });

  it('is refused whichever byte is wrong, and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        expect(await read(flipped(at, bits))).toBeDefined();
        expect(await read(bytes.subarray(0, at))).toBeDefined();
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('is refused as well when its checksum was made to match', async () => {
    const body = await readDumpFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), async at => {
        await writeDumpFile(broken, body.subarray(0, at));
        expect(await problemOf(readDump(broken))).toBe('damaged');
      }),
      { seed: 1, numRuns: 30 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async noise => {
        await writeDumpFile(broken, noise);
        expect(await problemOf(readDump(broken))).toBe('damaged');
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
