import { checkShare } from './checks.js';
import { type RaceOutlook, type RaceState, raceOutlook } from './race.js';

/** What an attack costs and brings, all in one currency. */
export interface AttackMoney {
  /** What the payment is worth to the attacker when he has undone it. */
  readonly value: number;
  /** What a block of his that ends up in the chain earns him. */
  readonly reward: number;
  /** What it costs to compute as many hashes as one block takes on average. */
  readonly blockCost: number;
}

export interface AttackBalance {
  /** Mean cost of the hash rate that he uses up until the race has ended. */
  readonly cost: number;
  /** Mean reward for his blocks, those of races that he loses being worth nothing. */
  readonly rewards: number;
  /** The value times the chance to undo the payment. */
  readonly loot: number;
  readonly profit: number;
}

/**
 * Mean balance of one double spend. The attacker's share of the hash rate works as long as the race lasts; time is
 * measured in blocks, both sides' together.
 *
 * @param watched the chance that the merchant is warned in time, so that there is no loot
 */
export function attackBalance(q: number, race: RaceState, money: AttackMoney, watched = 0): AttackBalance {
  return balanceOf(q, raceOutlook(q, race), money, watched);
}

/**
 * The value at stake from which on the attack pays: 0 when rewards alone pay for it, as they do for a majority that rents
 * hash rate at the price of what it earns; infinite when it cannot succeed.
 */
export function breakEvenValue(
  q: number,
  race: RaceState,
  money: Omit<AttackMoney, 'value'>,
  watched = 0,
): number {
  const outlook = raceOutlook(q, race);
  const { cost, rewards } = balanceOf(q, outlook, { ...money, value: 0 }, watched);
  if (cost <= rewards) return 0;
  return (cost - rewards) / (outlook.chance * (1 - watched));
}

/**
 * The fewest confirmations that make the attack a loss, undefined when no number up to `most` does. The race for each
 * number of confirmations comes from `raceFor`.
 */
export function breakEvenConfirmations(
  q: number,
  money: AttackMoney,
  raceFor: (confirmations: number) => RaceState,
  most: number,
  watched = 0,
): number | undefined {
  checkShare(q);
  for (let z = 0; z <= most; z++) if (attackBalance(q, raceFor(z), money, watched).profit <= 0) return z;
  return undefined;
}

function balanceOf(q: number, outlook: RaceOutlook, money: AttackMoney, watched: number): AttackBalance {
  const cost = q * outlook.blocks * money.blockCost;
  const rewards = outlook.attackerBlocksOfWins * money.reward;
  const loot = outlook.chance * (1 - watched) * money.value;
  return { cost, rewards, loot, profit: loot + rewards - cost };
}
