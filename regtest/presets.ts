import type { AttackKind } from './attack-kinds.js';
import type { AttackMoney } from './theory/economics.js';

/** An attack that took place, as a race to be run again. */
export interface AttackPreset {
  readonly title: string;
  /** What was reported. */
  readonly facts: readonly string[];
  /** What was not, and had to be filled in. */
  readonly assumptions: readonly string[];
  readonly kind: AttackKind;
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp?: number;
  /** Races that take some seconds. */
  readonly trials: number;
  /** In US dollars of the day; absent where nothing is known. */
  readonly money?: AttackMoney;
}

/**
 * Majorities that rent hash rate undo one block more than the merchant waits for (see `raceRules`), so that confirmations
 * are one less than the blocks that were removed.
 */
export const PRESETS: Readonly<Record<string, AttackPreset>> = {
  'bitcoin-gold-2020': {
    title: 'Bitcoin Gold, 23 January 2020',
    facts: [
      '14 blocks removed, 13 put in; 1,900 BTG spent twice, about 19,000 USD',
      'hash rate rented for about 1,700 USD, about what the rewards were worth',
    ],
    assumptions: ['55 % of the hash rate', 'a block cost 131 USD and earned 125 USD (12.5 BTG at 10 USD)'],
    kind: 'double-spend',
    hashrate: 0.55,
    confirmations: 13,
    trials: 20_000,
    money: { value: 19_000, reward: 125, blockCost: 131 },
  },
  'bitcoin-gold-2020-second': {
    title: 'Bitcoin Gold, 24 January 2020',
    facts: [
      '15 blocks removed, 16 put in; 5,267 BTG spent twice, about 53,000 USD',
      'hash rate rented for about 1,700 USD',
    ],
    assumptions: ['55 % of the hash rate', 'a block cost 106 USD and earned 125 USD (12.5 BTG at 10 USD)'],
    kind: 'double-spend',
    hashrate: 0.55,
    confirmations: 14,
    trials: 20_000,
    money: { value: 53_000, reward: 125, blockCost: 106 },
  },
  'etc-2020': {
    title: 'Ethereum Classic, 1 August 2020',
    facts: [
      'about 3,700 blocks undone; 807,260 ETC spent twice, about 5.6 million USD',
      'hash rate rented for 17.5 BTC, about 204,000 USD; rewards of about 13,000 ETC',
    ],
    assumptions: ['60 % of the hash rate', 'a block cost 55 USD and earned 23 USD', 'blocks without uncles'],
    kind: 'double-spend',
    hashrate: 0.6,
    confirmations: 3699,
    giveUp: 500,
    trials: 100,
    money: { value: 5_600_000, reward: 23, blockCost: 55 },
  },
  'verge-2018': {
    title: 'Verge, April 2018',
    facts: [
      'wrong time stamps made one of five proof-of-work algorithms nearly free: no rented majority was needed',
      'at least 250,000 XVG were taken',
    ],
    assumptions: [
      '95 % of the blocks for the attacker while it lasted',
      'a merchant who waits for 20 blocks',
    ],
    kind: 'double-spend',
    hashrate: 0.95,
    confirmations: 20,
    trials: 5000,
  },
  'monero-2025': {
    title: 'Monero, 14 September 2025',
    facts: [
      '18 blocks undone, 117 to 118 transactions reversed',
      'a pool that mined selfishly claimed a majority; a count of 699 blocks in August gave it 35.7 %',
    ],
    assumptions: ['36 % of the hash rate', 'one attempt at a branch of 18 blocks'],
    kind: 'double-spend',
    hashrate: 0.36,
    confirmations: 18,
    trials: 20_000,
  },
};
