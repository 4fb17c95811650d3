import { beforeEach, describe, expect, it } from 'vitest';
import { Orphanage } from '../../../src/net/orphanage.js';
import { makeRandom } from '../../../src/net/random.js';
import { Block } from '../../../src/primitives/block.js';
import { hashKey } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { buildSpend, NOBODY_CAN_SPEND, REGTEST } from '../../support/chain-builder.js';

const START = 1_000_000;

let clock: NodeClock;
let orphans: Orphanage;

/** A transaction of its own that spends output `vout` of `parent`. */
function childOf(parent: Transaction, vout = 0, tag = 0): Transaction {
  const out = { value: 1000 + tag, script: NOBODY_CAN_SPEND };
  return buildSpend([{ txid: parent.txid, vout }], [out, out]);
}

function parentTx(tag: number): Transaction {
  const txid = new Uint8Array(32).fill(tag);
  const out = { value: 5000, script: NOBODY_CAN_SPEND };
  return buildSpend([{ txid, vout: 0 }], [out, out]);
}

beforeEach(() => {
  clock = new NodeClock();
  clock.setMockTime(START);
  orphans = new Orphanage(clock, silentLogger, makeRandom(1));
});

describe('orphans', () => {
  const parent = parentTx(1);

  it('are held once', () => {
    const child = childOf(parent);
    expect([orphans.add(child, 1), orphans.add(child, 2)]).toEqual([true, false]);
    expect(orphans.has(hashKey(child.wtxid))).toBe(true);
    expect(orphans.all()).toMatchObject([{ from: 1, expires: START + 1200 }]);
  });

  it('are given back to their sender when the parent comes', () => {
    const [a, b] = [childOf(parent, 0), childOf(parent, 1)];
    orphans.add(a, 1);
    orphans.add(b, 2);
    expect(orphans.hasWork(1)).toBe(false);
    orphans.addChildrenToWorkSet(parent);
    expect(orphans.takeForReconsideration(1)).toBe(a);
    expect(orphans.takeForReconsideration(1)).toBeUndefined();
    expect([orphans.hasWork(1), orphans.hasWork(2)]).toEqual([false, true]);
  });

  it('go with the peer that sent them', () => {
    orphans.add(childOf(parent, 0), 1);
    orphans.add(childOf(parent, 1), 2);
    orphans.addChildrenToWorkSet(parent);
    orphans.eraseForPeer(1);
    expect(orphans.all().map(({ from }) => from)).toEqual([2]);
    expect(orphans.takeForReconsideration(1)).toBeUndefined();
  });

  it('go when a block confirms or conflicts with them', () => {
    const [own, rival, other] = [childOf(parent, 0), childOf(parent, 1), childOf(parentTx(2))];
    for (const tx of [own, rival, other]) orphans.add(tx, 1);
    orphans.eraseForBlock(Block.from(REGTEST.genesis.header, [own, childOf(parent, 1, 7)]));
    expect(orphans.all().map(({ tx }) => tx)).toEqual([other]);
  });

  it('are at most so many, random ones going first', () => {
    for (let tag = 1; tag <= 50; tag++) orphans.add(childOf(parentTx(tag)), tag);
    orphans.limit(20);
    expect(orphans.size).toBe(20);
    expect(orphans.all().some(({ from }) => from > 20)).toBe(true);
    expect(orphans.all().some(({ from }) => from <= 40)).toBe(true);
  });

  it('expire after 20 minutes', () => {
    orphans.add(childOf(parent), 1);
    orphans.limit(100);
    clock.setMockTime(START + 1199);
    orphans.add(childOf(parentTx(2)), 2);
    orphans.limit(100);
    expect(orphans.size).toBe(2);
    clock.setMockTime(START + 1600);
    orphans.limit(100);
    expect(orphans.all().map(({ from }) => from)).toEqual([2]);
  });

  it('over 400000 weight units are not held', () => {
    const script = new Uint8Array(100_001);
    const large = buildSpend([{ txid: parent.txid, vout: 0 }], [{ value: 1, script }]);
    expect(orphans.add(large, 1)).toBe(false);
  });

  it('are found by parent, the newest of the same peer first', () => {
    const [a, b, c] = [childOf(parent, 0, 1), childOf(parent, 0, 2), childOf(parent, 1, 3)];
    orphans.add(a, 1);
    clock.setMockTime(START + 5);
    orphans.add(b, 1);
    orphans.add(c, 2);
    expect(orphans.childrenFromSamePeer(parent, 1).map(({ tx }) => tx)).toEqual([b, a]);
    expect(orphans.childrenFromOtherPeers(parent, 1).map(({ tx }) => tx)).toEqual([c]);
  });
});
