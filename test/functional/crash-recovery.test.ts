import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateChain } from '../../bench/chain-generator.js';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { Random } from '../../regtest/random.js';
import { waitFor } from '../../regtest/wait.js';
import { Block } from '../../src/primitives/block.js';
import { hashToHex } from '../../src/primitives/bytes.js';
import { defined } from '../../src/runtime/errors.js';
import { LogSince } from '../support/crash-log.js';
import { naiveCoins, naiveUtxoHash } from '../support/naive-coins.js';

/*
 * A node is killed while it syncs, writes its coins and reorganises. Each time it must start again by itself, with exactly
 * the coins of the block that it is at.
 *
 * How many kills, and how long the chain is, can be set (see docs/TESTING.md): the suite makes 30 on a short chain. Where they
 * fall is left to the machine: a kind of work that none has hit by then gets more, up to as many again.
 */
const ROUNDS = Number(process.env.BLOCKSMITH_CRASH_ROUNDS ?? 30);
const BLOCKS = Number(process.env.BLOCKSMITH_CRASH_BLOCKS ?? 300);
const SEED = Number(process.env.BLOCKSMITH_TEST_SEED ?? 20_261_122);

/** Payments for each block of the chain. */
const PAYMENTS_PER_BLOCK = 10;

/**
 * Lots of coins so small that writing takes many of them, and the smallest cache there is, so that coins are written
 * during the sync as well.
 */
const VICTIM_ARGS = ['-dbcache=4', '-dbbatchsize=100', '-debug=coindb'];

/** Longest times between the begin of what is to be hit and the kill, in milliseconds. */
const LONGEST_MS = { sync: 400, flush: 40, reorg: 300 };

/** Blocks whose coins are changed in memory before a write that is to be hit. */
const DIRTY_BLOCKS = 120;

/** Blocks that are taken back in a reorganisation, at least and at most. */
const REORG_DEPTH = [6, 60] as const;
/** Blocks of the victim's own branch: fewer than are taken back, so that it loses in the end. */
const OWN_BLOCKS = 3;
const OWN_ADDRESS = 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry';

type Kind = keyof typeof LONGEST_MS;
const KINDS: readonly Kind[] = ['sync', 'flush', 'reorg'];

/** What is compared of gettxoutsetinfo. */
interface CoinsInfo {
  readonly height: number;
  readonly bestblock: string;
  readonly hash_serialized_3: string;
}

describe('a node killed with SIGKILL', () => {
  let folder: string;
  let witness: RegtestDaemon;
  let victim: RegtestDaemon;
  const blocks: Block[] = [];
  const random = new Random(SEED);
  /** Kills that came in the middle of what they were meant for. */
  const hits: Record<Kind, number> = { sync: 0, flush: 0, reorg: 0 };
  /** Starts that had to finish a write of the coins. */
  let replayed = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-crash-'));
    witness = new RegtestDaemon({ name: 'witness', datadir: join(folder, 'witness') });
    victim = new RegtestDaemon({ name: 'victim', datadir: join(folder, 'victim'), args: VICTIM_ARGS });
    await generateChain(witness.datadir, { blocks: BLOCKS, payments: (BLOCKS - 100) * PAYMENTS_PER_BLOCK });
    await Promise.all([witness.start(), victim.start()]);
    for (let height = 1; height <= BLOCKS; height++) {
      const hash = await witness.rpc.call('getblockhash', height);
      const hex = await witness.rpc.request<string>('getblock', hash, 0);
      blocks.push(Block.parse(Buffer.from(hex, 'hex')));
    }
  }, 300_000);

  afterAll(async () => {
    await Promise.all([witness.stop(), victim.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const connect = () => victim.rpc.call('addnode', `127.0.0.1:${witness.p2pPort}`, 'onetry');
  const reconsider = (root: string) => victim.rpc.request('reconsiderblock', root);
  const logOf = (node: RegtestDaemon) => new LogSince(join(node.datadir, 'regtest', 'debug.log'));
  const coinsOf = (node: RegtestDaemon) => node.rpc.request<CoinsInfo>('gettxoutsetinfo');
  const heightOf = (node: RegtestDaemon) => node.rpc.request<number>('getblockcount');

  /** The coins are those that the blocks up to there make, and the blocks are those of the chain. */
  const expectRightCoins = async (round: number): Promise<CoinsInfo> => {
    const found = await coinsOf(victim);
    const path = blocks.slice(0, found.height);
    const expected = Buffer.from(naiveUtxoHash(naiveCoins(path)), 'hex');
    expect(found.bestblock, `round ${round}`).toBe(hashToHex(path.at(-1)?.hash ?? (await genesisHash())));
    expect(found.hash_serialized_3, `round ${round}`).toBe(hashToHex(expected));
    return found;
  };

  const genesisHash = async () => {
    const hash = await witness.rpc.request<string>('getblockhash', 0);
    return Buffer.from(hash, 'hex').reverse();
  };

  /** A victim at the tip has nothing to sync: it begins anew. */
  const leaveTip = async (): Promise<void> => {
    if ((await heightOf(victim)) < BLOCKS) return;
    await victim.kill('SIGKILL');
    await rm(join(victim.datadir, 'regtest'), { recursive: true });
    await victim.start();
  };

  /** Waits until the log tells that what is to be hit has begun, and then a little. */
  const waitInto = async (kind: Kind, begun: () => boolean): Promise<void> => {
    await waitFor(begun, { what: `the victim's ${kind} to begin` });
    await delay(random.fraction() * LONGEST_MS[kind]);
  };

  const rounds: Record<Kind, () => Promise<{ isHit: () => boolean; mend?: () => Promise<unknown> }>> = {
    sync: async () => {
      await leaveTip();
      const log = logOf(victim);
      await connect();
      await waitInto('sync', () => log.tips().length > 0);
      return { isHit: () => (log.tips().at(-1) ?? BLOCKS) < BLOCKS };
    },

    flush: async () => {
      const from = await heightOf(victim);
      let root: string | undefined;
      if (from < BLOCKS) {
        await connect();
        const what = 'the victim to have coins to write';
        await waitFor(async () => (await heightOf(victim)) > Math.min(from + DIRTY_BLOCKS, BLOCKS - 1), {
          what,
        });
      } else {
        // On the way down there are as many changes as on the way up.
        root = await victim.rpc.request<string>('getblockhash', BLOCKS - DIRTY_BLOCKS);
        await victim.rpc.request('invalidateblock', root);
      }
      const log = logOf(victim);
      void coinsOf(victim).catch(() => {});
      await waitInto('flush', () => log.text().includes('Writing '));
      return {
        isHit: () => log.isWritingCoins(),
        ...(root !== undefined && { mend: () => reconsider(root) }),
      };
    },

    reorg: async () => {
      if ((await heightOf(victim)) <= REORG_DEPTH[0]) {
        await connect();
        await waitFor(async () => (await heightOf(victim)) > REORG_DEPTH[0], {
          what: 'the victim to have blocks',
        });
      }
      const height = await heightOf(victim);
      const [least, most] = REORG_DEPTH;
      const depth = Math.min(least + Math.floor(random.fraction() * (most - least)), height - 1);
      const root = await victim.rpc.request<string>('getblockhash', height - depth + 1);
      const log = logOf(victim);
      const work = async () => {
        await victim.rpc.request('invalidateblock', root);
        await victim.rpc.call('generatetoaddress', OWN_BLOCKS, OWN_ADDRESS);
        await reconsider(root);
      };
      void work().catch(() => {});
      await waitInto('reorg', () => log.tips().length > 0);
      const isHit = () => {
        const tips = log.tips();
        return tips.length > 0 && (tips.at(-1) ?? height) < height;
      };
      return { isHit, mend: () => reconsider(root) };
    },
  };

  const playRound = async (kind: Kind, round: number): Promise<void> => {
    const { isHit, mend } = await rounds[kind]();
    await victim.kill('SIGKILL');
    if (isHit()) hits[kind]++;
    const log = logOf(victim);
    await victim.start();
    if (log.text().includes('Replaying blocks')) replayed++;
    await mend?.();
    await expectRightCoins(round);
  };
  const notHit = () => KINDS.find(kind => hits[kind] === 0);

  it(`starts again with the right coins, ${ROUNDS} times`, {
    timeout: 60_000 + 2 * ROUNDS * 10_000,
  }, async () => {
    const started = performance.now();
    let round = 0;
    for (; round < ROUNDS; round++) await playRound(defined(KINDS[round % KINDS.length], 'kind'), round);
    for (let kind = notHit(); kind !== undefined && round < 2 * ROUNDS; kind = notHit()) {
      await playRound(kind, round++);
    }
    await connect();
    await waitFor(async () => (await heightOf(victim)) === BLOCKS, {
      what: 'the victim to reach the tip',
      timeoutMs: 120_000,
    });
    const [ours, theirs] = await Promise.all([expectRightCoins(round), coinsOf(witness)]);
    expect(ours.bestblock).toBe(theirs.bestblock);
    expect(ours.hash_serialized_3).toBe(theirs.hash_serialized_3);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${round} kills on a chain of ${BLOCKS} blocks in ${seconds} s: ${hits.sync} during sync, ${hits.reorg} during ` +
        `a reorganisation, ${hits.flush} while coins were written; ${replayed} writes were finished at start`,
    );
    expect(Math.min(...Object.values(hits)), JSON.stringify(hits)).toBeGreaterThan(0);
  });
});
