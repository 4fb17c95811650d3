import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FullBlocksChain, generateFullBlocks } from '../../bench/full-block-generator.js';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { RegtestNetwork } from '../../regtest/network.js';
import { hashToHex } from '../../src/primitives/bytes.js';

/** Blocks with thousands of inputs of all usual kinds: enough for threads to be started. */
const FULL_BLOCKS = 2;

let folder: string;
let chain: FullBlocksChain;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-threads-'));
  chain = await generateFullBlocks(join(folder, 'node'), { fullBlocks: FULL_BLOCKS, fee: 1000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('a daemon with threads for scripts connects full blocks', async () => {
  const daemon = new RegtestDaemon({
    name: 'node',
    datadir: join(folder, 'node'),
    args: ['-par=2', '-reindex-chainstate'],
  });
  await daemon.start();
  try {
    expect(await daemon.rpc.call('waitforblockheight', chain.height, 20_000)).toEqual({
      hash: hashToHex(chain.tip),
      height: chain.height,
    });
  } finally {
    await daemon.stop();
  }
});

it('a daemon finds blocks that take many hashes', async () => {
  await using network = await RegtestNetwork.create({
    nodes: 1,
    proofOfWork: { retargetBlocks: 1000, difficulty: 20_000 },
  });
  const [hash = ''] = await network.node(0).mine();
  expect(await network.node(0).rpc.call('getblockheader', hash)).toMatchObject({ height: 102 });
});
