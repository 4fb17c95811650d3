import type { AttackKind } from '../attack-kinds.js';
import type { AttackResult } from '../attack-types.js';
import type { RaceDefences, RaceMode } from '../rules/race-rules.js';

/** An attack as it is asked for. What a kind has no use for is refused. */
export interface AttackRequest {
  readonly kind?: AttackKind;
  /** Name of a preset; what is given besides goes before what it says. */
  readonly preset?: string;
  /** The attacker's share of the hash rate. */
  readonly hashrate?: number;
  /** Double spend and eclipse: what the merchant waits for. */
  readonly confirmations?: number;
  readonly giveUp?: number;
  readonly mode?: RaceMode;
  readonly preMined?: number;
  readonly defences?: RaceDefences;
  /** Selfish mining: share of honest power on the attacker's side in a tie. */
  readonly gamma?: number;
  /** Selfish mining, censorship, partition: how long, in blocks. */
  readonly blocks?: number;
  readonly seed?: number;
}

/** How a live attack has ended. */
export type AttackOutcome = AttackResult;
