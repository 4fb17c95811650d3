import type { AttackEvent, Role } from '../attacks/attack-event.js';
import type { AttackPlan } from '../attacks/attack-plan.js';
import { RACE_MODES, type RaceMode } from '../rules/race-rules.js';
import { count, flag, hash, list, number, oneOf, record, type Shape, tagged, text } from './shape.js';

const role = oneOf<Role>(
  'merchant',
  'miner',
  'attacker',
  'newcomer',
  'near miner',
  'far miner',
  'first side',
  'second side',
);

const defences = record({}, { maxReorg: count, checkpoint: count, watch: number });

/** Rules and what else a plan holds, by the kind of attack. */
const plan: Shape<AttackPlan> = tagged('kind', {
  'double-spend': record(
    {
      seed: count,
      rules: record(
        { hashrate: number, confirmations: count, depth: count, giveUp: count },
        { raceMode: oneOf<RaceMode>(...RACE_MODES), preMined: count, defences },
      ),
    },
    { money: record({ value: number, reward: number, blockCost: number }) },
  ),
  selfish: record({
    seed: count,
    rules: record({ hashrate: number, gamma: number, randomTieBreak: flag, period: count }),
    blocks: count,
  }),
  eclipse: record({
    seed: count,
    rules: record({ hashrate: number, confirmations: count, patience: number, watch: number }),
  }),
  censor: record({ seed: count, rules: record({ hashrate: number, giveUp: count }), blocks: count }),
  partition: record(
    { seed: count, rules: record({ hashrate: number, duration: number }, { maxReorg: count }) },
    { blocks: count },
  ),
});

/** Blocks on each side. */
const score = record({ honest: count, attacker: count });

/** Reads what an attack told. Fields that this program does not know are left out; events that it does not know are refused. */
export const attackEvent: Shape<AttackEvent> = tagged('type', {
  start: record({ plan, roles: list(record({ node: count, name: text, role })), theory: number }),
  payment: record({ txid: hash, conflictTxid: hash, amount: number }),
  split: record({ forkHeight: count, groups: list(list(count)) }),
  block: record(
    {
      finder: text,
      node: count,
      isPrivate: flag,
      hash,
      height: count,
      time: number,
      honest: count,
      attacker: count,
    },
    // A wallet counts down from 0 for what can be confirmed no more.
    { confirmations: number, chance: number },
  ),
  shipped: record({ confirmations: count }),
  warned: record({ txid: hash, reason: text }),
  'called off': record({ confirmations: count }),
  release: score,
  'give up': score,
  refused: record({ node: count, depth: count }),
  orphaned: record({ hashes: list(hash) }),
  adjustment: record({ height: count, difficulty: number }),
  heal: record({}),
  end: record({ success: flag, outcome: text }),
});
