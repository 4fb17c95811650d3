import { checkCount, checkShare } from './checks.js';
import { ruinTable } from './gamblers-ruin.js';

/** What a censor achieves in the long run. */
export interface CensorshipOutlook {
  /** The chance that a block with a censored transaction is orphaned. */
  readonly orphaned: number;
  /** Share of the chain's blocks that hold censored transactions, of which some are always waiting. */
  readonly share: number;
  /** Share of the chain's blocks that are the censor's. */
  readonly censorShare: number;
  /**
   * Mean time, in mean block times, from the broadcast of a censored transaction until the censor has given up on a block
   * that holds it. Infinite when he never does.
   */
  readonly delay: number;
  /** Blocks by which the chain grows for each block found. */
  readonly growth: number;
}

/**
 * A censor leaves certain transactions out of his own blocks, and when another miner's block holds one he mines on its
 * predecessor until his branch has more work or the other one leads by `giveUp` blocks. With 1 he never tries; a few are
 * a feather fork; with half of the hash rate and patience nothing passes.
 *
 * After an honest block he must gain 2 before he loses giveUp − 1: the gambler's ruin. From the state without a fork,
 * with chance q the chain grows by his block; with chance p a race begins, at whose end, n blocks later, the chain has
 * grown by his (n + 2)/2 blocks or by the others' (n + 1 + giveUp)/2. The ratios of the means over such rounds are the
 * long-run shares, and mean time over chance of confirmation the mean delay (Wald).
 */
export function censorshipOutlook(q: number, giveUp: number): CensorshipOutlook {
  checkShare(q);
  checkCount('the deficit to give up at', giveUp);
  if (giveUp < 1) throw new RangeError('a censor gives up when he is one block behind, or later');
  const p = 1 - q;
  const start = 2;
  const table = ruinTable(q, giveUp + 1);
  const at = (column: Float64Array) => column[start] as number;
  const orphaned = at(table.win);
  const confirmed = 1 - orphaned;
  const stepsOfLosses = at(table.steps) - at(table.stepsOfWins);
  const censorBlocks = q + p * (at(table.stepsOfWins) / 2 + orphaned);
  const othersBlocks = p * (stepsOfLosses / 2 + (confirmed * (giveUp + 1)) / 2);
  const time = 1 + p * at(table.steps);
  const blocks = censorBlocks + othersBlocks;
  return {
    orphaned,
    share: othersBlocks / blocks,
    censorShare: censorBlocks / blocks,
    delay: time / (p * confirmed),
    growth: blocks / time,
  };
}

/**
 * The fee from which on it pays a miner to put a censored transaction into a block, in the unit of the reward: below,
 * what he gains when the block stays is less than what he loses when it is orphaned.
 */
export function feeAgainstFeatherFork(q: number, giveUp: number, reward: number): number {
  const { orphaned } = censorshipOutlook(q, giveUp);
  return (reward * orphaned) / (1 - orphaned);
}

/**
 * The chance that a censored transaction, waiting from the start and taken by every other miner, is in no block that anybody
 * else holds when so many blocks have been found: the censor has not given up, and there is no fork just then.
 */
export function censorshipHolds(q: number, giveUp: number, blocks: number): number {
  checkShare(q);
  checkCount('the deficit to give up at', giveUp);
  checkCount('blocks', blocks);
  if (giveUp < 1) throw new RangeError('a censor gives up when he is one block behind, or later');
  const p = 1 - q;
  // Entry 0: no fork. Entry d + 1: a fork in which the others are d blocks ahead.
  let chances = new Float64Array(giveUp + 1);
  chances[0] = 1;
  for (let found = 0; found < blocks; found++) {
    const next = new Float64Array(giveUp + 1);
    const add = (state: number, chance: number) => {
      if (state <= giveUp) next[state] = (next[state] as number) + chance;
    };
    for (let state = 0; state <= giveUp; state++) {
      const chance = chances[state] as number;
      add(state === 0 ? 2 : state + 1, p * chance);
      add(state === 0 ? 0 : state - 1, q * chance);
    }
    chances = next;
  }
  return chances[0] as number;
}
