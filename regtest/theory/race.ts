import { checkShare } from './checks.js';
import { strictlyLonger } from './double-spend.js';
import { catchUp, type RuinTable, ruinTable } from './gamblers-ruin.js';

/** Where a race of two branches stands and what ends it. */
export interface RaceState {
  /** Honest blocks on top of the last common one. */
  readonly honest: number;
  /** The attacker's blocks on top of it. */
  readonly attacker: number;
  /** Honest blocks that must be there before the attacker releases his branch. */
  readonly depth: number;
  /** He gives up when the honest branch leads by this many blocks. */
  readonly giveUp: number;
  /** Blocks that he must be ahead: 1 for more work, 0 where drawing level does. Without it 1. */
  readonly lead?: number | undefined;
  /** Nodes refuse to undo more blocks than this: a branch released later fails. Without it there is no limit. */
  readonly limit?: number | undefined;
}

/** What is to be expected of a race. */
export interface RaceOutlook {
  /** The chance that the attacker's branch is released and taken. */
  readonly chance: number;
  /** The chance that it is released when nodes would have to undo more blocks than they do. */
  readonly tooLate: number;
  /** Mean number of blocks, both sides' together, from here until the race has ended. Infinite if it may go on for ever. */
  readonly blocks: number;
  /** Mean number of blocks in the attacker's branch when it is taken, counted as nothing in races that he loses. */
  readonly attackerBlocksOfWins: number;
  /** The same for the honest branch: what nodes undo. */
  readonly honestBlocksOfWins: number;
}

/**
 * The chance that the attacker, from here, ends with more blocks than an honest branch of at least `depth`, before he is
 * `giveUp` behind. From 0:0 with no giving up this is {@link strictlyLonger} of `depth`, with a lead of 0
 * Rosenfeld's chance.
 */
export function raceChance(q: number, state: RaceState): number {
  return raceOutlook(q, state).chance;
}

/** Follows a race through all its courses: exact, but for rounding. */
export function raceOutlook(q: number, state: RaceState): RaceOutlook {
  checkShare(q);
  return new RaceCourses(q, state).follow();
}

/** The chances of all courses of a race, one honest block after the other. */
class RaceCourses {
  private readonly lead: number;
  private readonly limit: number;
  /** Chance of each number of attacker's blocks at the moment of an honest block, races that have ended left out. */
  private chances: Float64Array;
  private chance = 0;
  private tooLate = 0;
  private blocks = 0;
  private attackerBlocksOfWins = 0;
  private honestBlocksOfWins = 0;

  constructor(
    private readonly q: number,
    private readonly state: RaceState,
  ) {
    this.lead = state.lead ?? 1;
    this.limit = state.limit ?? Number.POSITIVE_INFINITY;
    this.chances = new Float64Array(this.enough(this.lastStage()) + 1);
  }

  follow(): RaceOutlook {
    const { honest: start, attacker, giveUp } = this.state;
    if (start - attacker < giveUp) {
      if (attacker >= this.enough(start)) this.winSurely(start, attacker, 1);
      else this.chances[attacker] = 1;
      let honest = start;
      for (; honest < this.lastStage(); honest++) this.passHonestBlock(honest);
      this.catchUp(honest);
    }
    const { chance, tooLate, blocks, attackerBlocksOfWins, honestBlocksOfWins } = this;
    return { chance: Math.min(chance, 1), tooLate, blocks, attackerBlocksOfWins, honestBlocksOfWins };
  }

  /** Number of honest blocks from which on nothing but the deficit matters any more. */
  private lastStage(): number {
    const { honest, depth } = this.state;
    const atLeast = Math.max(honest, depth);
    return Number.isFinite(this.limit) ? Math.max(atLeast, this.limit + 1) : atLeast;
  }

  /** Attacker's blocks that win at `honest` honest ones, or as soon as these have reached the depth. */
  private enough(honest: number): number {
    return Math.max(honest, this.state.depth) + this.lead;
  }

  /** The attacker finds any number of blocks, then the honest miners one; some attackers give up. */
  private passHonestBlock(honest: number): void {
    const { q, chances } = this;
    const enough = this.enough(honest);
    let racing = 0;
    for (let attacker = 0; attacker < enough; attacker++) {
      racing = racing * q + (chances[attacker] as number);
      this.blocks += racing;
      const goesOn = honest + 1 - attacker < this.state.giveUp;
      chances[attacker] = goesOn ? racing * (1 - q) : 0;
    }
    this.winSurely(honest, enough, racing * q);
  }

  /** The attacker has enough blocks, and only waits for the honest branch to reach the depth. */
  private winSurely(honest: number, attacker: number, chance: number): void {
    const waits = Math.max(this.state.depth - honest, 0);
    const honestAtEnd = honest + waits;
    this.blocks += (chance * waits) / (1 - this.q);
    this.win(
      chance,
      chance * honestAtEnd,
      chance * (attacker + (waits * this.q) / (1 - this.q)),
      honestAtEnd,
    );
  }

  private win(chance: number, honestBlocks: number, attackerBlocks: number, undone: number): void {
    if (undone > this.limit) {
      this.tooLate += chance;
      return;
    }
    this.chance += chance;
    this.honestBlocksOfWins += honestBlocks;
    this.attackerBlocksOfWins += attackerBlocks;
  }

  /** From here on each block raises or lowers the deficit until it is made up or given up. */
  private catchUp(honest: number): void {
    const { q, lead, chances } = this;
    const giveUp = this.state.giveUp + lead;
    const table = Number.isFinite(giveUp) ? ruinTable(q, giveUp) : undefined;
    for (let attacker = 0; attacker < honest + lead; attacker++) {
      const chance = chances[attacker] as number;
      if (chance === 0) continue;
      const deficit = honest + lead - attacker;
      const won = chance * (table?.win[deficit] ?? catchUp(q, deficit));
      this.blocks += chance * (table?.steps[deficit] ?? stepsWithoutEnd(q, deficit));
      const halfSteps = (chance * stepsOfWins(table, deficit)) / 2;
      const honestBlocks = won * (honest - deficit / 2) + halfSteps;
      this.win(won, honestBlocks, won * (attacker + deficit / 2) + halfSteps, honest);
    }
  }
}

function stepsWithoutEnd(q: number, deficit: number): number {
  return q > 0.5 ? deficit / (2 * q - 1) : Number.POSITIVE_INFINITY;
}

function stepsOfWins(table: RuinTable | undefined, deficit: number): number {
  return table === undefined ? Number.NaN : (table.stepsOfWins[deficit] as number);
}

/**
 * The least deficit to give up at that leaves the attacker all but `tolerance` of his chance, `limit` at most: close to
 * half of the hash rate no reasonable number does.
 */
export function giveUpForTolerance(q: number, depth: number, tolerance: number, limit: number): number {
  const best = strictlyLonger(q, depth);
  let giveUp = 1;
  while (giveUp < limit && best - raceChance(q, { honest: 0, attacker: 0, depth, giveUp }) > tolerance)
    giveUp++;
  return giveUp;
}
