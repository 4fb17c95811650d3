import fc from 'fast-check';
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
    event: fc.constant({ type: 'shipped' as const, confirmations: 6 }),
  }),
);

/** Events as a lab numbers them. */
export const events: fc.Arbitrary<readonly LabEvent[]> = fc
  .array(happening, { maxLength: 30 })
  .map(happenings => happenings.map((what, index) => ({ seq: index + 1, atMs: 10 * index, ...what })));
