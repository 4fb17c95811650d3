import fc from 'fast-check';
import type { AttackEvent } from '../../../../regtest/attacks/attack-event.js';
import type { AttackPlan } from '../../../../regtest/attacks/attack-plan.js';
import type { LabEvent, LabHappening } from '../../../../regtest/events/lab-event.js';

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const node = fc.nat(5);
const height = fc.nat(1_000_000);
const txids = fc.array(hash, { maxLength: 3 });
const name = fc.string({ maxLength: 20 });
const conditions = fc.record({
  latencyMs: fc.nat(60_000),
  jitterMs: fc.double({ min: 0, max: 100, noNaN: true }),
  bandwidthKbps: fc.nat(),
  loss: fc.double({ min: 0, max: 0.9, noNaN: true }),
  down: fc.boolean(),
});

function type<const T extends string>(value: T): fc.Arbitrary<T> {
  return fc.constant(value);
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
// Without -0, which JSON does not know.
const figure = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(value => value + 0);
const blocks = fc.nat(20_000);

const defences = fc.record({ maxReorg: blocks, checkpoint: blocks, watch: share }, { requiredKeys: [] });
const money = fc.record({ value: figure, reward: figure, blockCost: figure });
const race = fc.record(
  {
    hashrate: share,
    confirmations: blocks,
    depth: blocks,
    giveUp: blocks,
    raceMode: fc.constantFrom('strict' as const, 'tie' as const, 'pre-mined' as const),
    preMined: blocks,
    defences,
  },
  { requiredKeys: ['hashrate', 'confirmations', 'depth', 'giveUp'] },
);

const plan: fc.Arbitrary<AttackPlan> = fc.oneof(
  fc.record(
    { kind: type('double-spend'), seed: fc.nat(), rules: race, money },
    { requiredKeys: ['kind', 'seed', 'rules'] },
  ),
  fc.record({
    kind: type('selfish'),
    seed: fc.nat(),
    rules: fc.record({ hashrate: share, gamma: share, randomTieBreak: fc.boolean(), period: blocks }),
    blocks,
  }),
  fc.record({
    kind: type('eclipse'),
    seed: fc.nat(),
    rules: fc.record({ hashrate: share, confirmations: blocks, patience: figure, watch: share }),
  }),
  fc.record({
    kind: type('censor'),
    seed: fc.nat(),
    rules: fc.record({ hashrate: share, giveUp: blocks }),
    blocks,
  }),
  fc.record(
    {
      kind: type('partition'),
      seed: fc.nat(),
      rules: fc.record(
        { hashrate: share, duration: figure, maxReorg: blocks },
        { requiredKeys: ['hashrate', 'duration'] },
      ),
      blocks,
    },
    { requiredKeys: ['kind', 'seed', 'rules'] },
  ),
);

const role = fc.constantFrom(
  ...(['merchant', 'miner', 'attacker', 'newcomer', 'near miner', 'far miner'] as const),
  ...(['first side', 'second side'] as const),
);

/** Anything that an attack can tell. */
export const attackEvent: fc.Arbitrary<AttackEvent> = fc.oneof(
  fc.record({
    type: type('start'),
    plan,
    roles: fc.array(fc.record({ node, name, role }), { maxLength: 4 }),
    theory: share,
  }),
  fc.record({ type: type('payment'), txid: hash, conflictTxid: hash, amount: figure }),
  fc.record({ type: type('split'), forkHeight: height, groups: fc.array(fc.array(node), { maxLength: 3 }) }),
  fc.record(
    {
      type: type('block'),
      finder: name,
      node,
      isPrivate: fc.boolean(),
      hash,
      height,
      time: figure,
      honest: blocks,
      attacker: blocks,
      confirmations: fc.integer(),
      chance: share,
    },
    {
      requiredKeys: [
        ...(['type', 'finder', 'node', 'isPrivate', 'hash', 'height', 'time', 'honest', 'attacker'] as const),
      ],
    },
  ),
  fc.record({ type: type('shipped'), confirmations: blocks }),
  fc.record({ type: type('warned'), txid: hash, reason: name }),
  fc.record({ type: type('called off'), confirmations: blocks }),
  fc.record({ type: type('release'), honest: blocks, attacker: blocks }),
  fc.record({ type: type('give up'), honest: blocks, attacker: blocks }),
  fc.record({ type: type('refused'), node, depth: blocks }),
  fc.record({ type: type('orphaned'), hashes: fc.array(hash, { maxLength: 3 }) }),
  fc.record({ type: type('adjustment'), height, difficulty: figure }),
  fc.record({ type: type('heal') }),
  fc.record({ type: type('end'), success: fc.boolean(), outcome: name }),
);

/** Anything that can happen in a lab. */
export const happening: fc.Arbitrary<LabHappening> = fc.oneof(
  fc.record({
    type: type('blockStored'),
    node,
    hash,
    parent: hash,
    height,
    time: height,
    txs: height,
    bytes: height,
  }),
  fc.record({
    type: type('blockStored'),
    node,
    hash,
    parent: hash,
    height,
    time: height,
    txs: height,
    bytes: height,
    from: name,
  }),
  fc.record({ type: type('blockAnnounced'), node, hash, from: name }),
  fc.record({ type: type('blockConnected'), node, hash, height, txids }),
  fc.record({ type: type('blockDisconnected'), node, hash, height, txids }),
  fc.record({ type: type('tip'), node, hash, height, forkHeight: height }),
  fc.record({ type: type('txAdded'), node, txid: hash, fee: height, vsize: height }),
  fc.record({
    type: type('txRemoved'),
    node,
    txid: hash,
    reason: fc.constantFrom('block', 'replaced', 'expiry'),
  }),
  fc.record({ type: type('peer'), node, peer: name, connected: fc.boolean() }),
  fc.record({ type: type('lost'), node, events: height }),
  fc.record({ type: type('node'), node, state: fc.constantFrom('started', 'stopped', 'ended') }),
  fc.record(
    {
      type: type('blockFound'),
      node,
      hash,
      height,
      isPrivate: fc.boolean(),
      shownTo: fc.array(node, { maxLength: 3 }),
    },
    { requiredKeys: ['type', 'node', 'hash', 'height', 'isPrivate'] },
  ),
  fc.record({ type: type('link'), nodes: fc.tuple(node, node), conditions, connected: fc.boolean() }),
  fc.record({ type: type('snapshot'), name }),
  fc.record({ type: type('revert'), name }),
  fc.record({
    type: type('clock'),
    clock: fc.record({ time: height, offset: fc.integer(), frozen: fc.boolean() }),
  }),
  fc.record({
    type: type('mining'),
    plan: fc.constantFrom(
      { kind: 'off' as const },
      { kind: 'interval' as const, seconds: 1.5, shares: [1, 2] },
    ),
  }),
  fc.record({
    type: type('attack'),
    attack: height,
    event: attackEvent,
  }),
);

/** Events as a lab numbers them. */
export const events: fc.Arbitrary<readonly LabEvent[]> = fc
  .array(happening, { maxLength: 30 })
  .map(happenings => happenings.map((what, index) => ({ seq: index + 1, atMs: 10 * index, ...what })));
