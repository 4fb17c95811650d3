import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FullBlocksChain, generateFullBlocks } from '../../bench/full-block-generator.js';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { RegtestNetwork } from '../../regtest/network.js';
import { hashToHex } from '../../src/primitives/bytes.js';
import { STEP_BACK_OF_HELPERS, STEP_BACK_OF_WORKERS } from '../../src/runtime/helper-threads.js';

/** Blocks with thousands of inputs of all usual kinds: enough for threads to be started. */
const FULL_BLOCKS = 2;

let folder: string;
let chain: FullBlocksChain;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-threads-'));
  chain = await generateFullBlocks(join(folder, 'node'), { fullBlocks: FULL_BLOCKS, fee: 1000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of all threads of a process. */
function nicenessOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map(thread => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

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
    if (process.platform === 'linux') {
      const niceness = nicenessOf(daemon.pid ?? 0);
      const stepped = (back: number) => niceness.filter(nice => nice === getPriority() + back).length;
      // The first one stays where it is; those that check scripts step back behind it, and V8's helpers behind them.
      expect(niceness[0]).toBe(getPriority());
      expect(stepped(STEP_BACK_OF_WORKERS)).toBeGreaterThanOrEqual(1);
      expect(stepped(STEP_BACK_OF_HELPERS)).toBeGreaterThanOrEqual(4);
    }
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
