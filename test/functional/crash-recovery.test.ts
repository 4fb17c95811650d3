import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { Random } from '../../regtest/random.js';
import { waitFor } from '../../regtest/wait.js';

const ROUNDS = 30;
const SEED = 20_261_122;

/** Blocks that the witness node adds before a round: enough that syncing them takes longer than the kill waits. */
const BLOCKS_PER_ROUND = 40;
/** Longest time between the begin of the work and the kill, in milliseconds. */
const LONGEST_LIFE_MS = 400;

/** Two addresses that nobody has the keys of, so that the two nodes' blocks differ. */
const WITNESS_ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const VICTIM_ADDRESS = 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry';

/** What is compared of gettxoutsetinfo. */
interface CoinsInfo {
  readonly bestblock: string;
  readonly hash_serialized_3: string;
}

/**
 * A node is killed at random moments while it syncs, mines and reorganises. Each time it must start again by itself and
 * come to the tip and the coins of the node that was never killed.
 */
describe('a node killed with SIGKILL', () => {
  let folder: string;
  let witness: RegtestDaemon;
  let victim: RegtestDaemon;
  const random = new Random(SEED);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-crash-'));
    witness = new RegtestDaemon({ name: 'witness', datadir: join(folder, 'witness') });
    // A small cache makes the node write its coins often, so that kills fall into writes, too.
    victim = new RegtestDaemon({ name: 'victim', datadir: join(folder, 'victim'), args: ['-dbcache=4'] });
    await Promise.all([witness.start(), victim.start()]);
  });

  afterAll(async () => {
    await Promise.all([witness.stop(), victim.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const connect = () => victim.rpc.call('addnode', `127.0.0.1:${witness.p2pPort}`, 'onetry');

  /** Sets work going on the victim whose end nobody waits for: the kill comes first, or it does not. */
  const beginWork = async (kind: number): Promise<void> => {
    if (kind === 0) {
      await witness.rpc.call('generatetoaddress', BLOCKS_PER_ROUND, WITNESS_ADDRESS);
      await connect();
    } else if (kind === 1) {
      void victim.rpc.call('generatetoaddress', BLOCKS_PER_ROUND, VICTIM_ADDRESS).catch(() => {});
    } else {
      // The victim has a branch of its own that loses against the witness's longer one.
      await victim.rpc.call('generatetoaddress', BLOCKS_PER_ROUND / 2, VICTIM_ADDRESS);
      await witness.rpc.call('generatetoaddress', BLOCKS_PER_ROUND, WITNESS_ADDRESS);
      await connect();
    }
  };

  const coinsOf = (node: RegtestDaemon) => node.rpc.request<CoinsInfo>('gettxoutsetinfo');

  it(`starts again and catches up, ${ROUNDS} times`, { timeout: 240_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await beginWork(round % 3);
      await delay(random.fraction() * LONGEST_LIFE_MS);
      await victim.kill('SIGKILL');
      await victim.start();
      // What the victim mined alone may have survived; the witness outweighs it.
      await witness.rpc.call('generatetoaddress', BLOCKS_PER_ROUND + 1, WITNESS_ADDRESS);
      await connect();
      await waitFor(
        async () =>
          (await victim.rpc.call('getbestblockhash')) === (await witness.rpc.call('getbestblockhash')),
        { what: `the victim to reach the witness's tip in round ${round}` },
      );
      const [ours, theirs] = await Promise.all([coinsOf(victim), coinsOf(witness)]);
      expect(ours.bestblock).toBe(theirs.bestblock);
      expect(ours.hash_serialized_3).toBe(theirs.hash_serialized_3);
    }
  });
});
