import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeEvent, eventLine } from '../../../../regtest/events/describe.js';
import type { LabHappening } from '../../../../regtest/events/lab-event.js';
import { happening } from './arbitrary-event.js';

const HASH = `${'0'.repeat(56)}89abcdef`;

describe('an event as text', () => {
  const say = (what: LabHappening) =>
    describeEvent({ seq: 1, atMs: 0, ...what }, node => ['alice', 'bob'][node] ?? '?');

  it.each<[LabHappening, string]>([
    [
      { type: 'blockFound', node: 0, hash: HASH, height: 5, isPrivate: true, shownTo: [1] },
      'alice finds block …89abcdef at height 5, for bob alone',
    ],
    [
      { type: 'blockFound', node: 0, hash: HASH, height: 5, isPrivate: true },
      'alice finds block …89abcdef at height 5, in private',
    ],
    [
      {
        type: 'blockStored',
        node: 1,
        hash: HASH,
        parent: HASH,
        height: 5,
        time: 0,
        txs: 1,
        bytes: 250,
        from: 'alice',
      },
      'bob has block …89abcdef at height 5 from alice: 1 transaction, 250 bytes',
    ],
    [
      { type: 'blockConnected', node: 1, hash: HASH, height: 5, txids: [HASH] },
      'bob connects block …89abcdef at height 5 and confirms …89abcdef',
    ],
    [
      { type: 'blockDisconnected', node: 1, hash: HASH, height: 5, txids: [HASH, HASH] },
      'bob disconnects block …89abcdef at height 5 and reverses 2 transactions',
    ],
    [
      { type: 'txRemoved', node: 0, txid: HASH, reason: 'replaced' },
      'alice drops transaction …89abcdef: replaced',
    ],
    [{ type: 'peer', node: 0, peer: 'bob', connected: false }, 'alice has lost bob'],
    [{ type: 'node', node: 1, state: 'ended' }, 'bob has ended'],
    [
      {
        type: 'link',
        nodes: [0, 1],
        conditions: { latencyMs: 100, jitterMs: 20, bandwidthKbps: 0, loss: 0.05, down: false },
        connected: false,
      },
      'link alice – bob: cut, 100 to 120 ms, 5.0 % lost',
    ],
    [
      { type: 'clock', clock: { time: 1_600_000_000, offset: 0, frozen: true } },
      'the time is 2020-09-13T12:26:40.000Z, and stands still',
    ],
  ])('%#: says what happened', (what, text) => {
    expect(say(what)).toBe(text);
  });

  it('is one line, whatever happened', () => {
    fc.assert(
      fc.property(happening, what => {
        const line = eventLine({ seq: 1, atMs: 12_345, ...what });
        expect(line).toMatch(/^ {3}12\.345 s {2}\S/);
        expect(line).not.toContain('\n');
      }),
    );
  });
});
