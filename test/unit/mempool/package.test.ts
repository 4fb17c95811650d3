import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/crypto/hash.js';
import type { PackageAcceptResult } from '../../../src/mempool/mempool.js';
import { packageHash } from '../../../src/mempool/policy/packages.js';
import { hashKey, hashToHex } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import {
  coinOf,
  enter,
  type Fixture,
  fixture,
  type SpendOptions,
  spend,
} from '../../support/mempool-fixture.js';

let f: Fixture;

beforeEach(async () => {
  f = await fixture();
});

/** A parent and a child that spends it. */
function pair(parentFee: number, childFee: number, options: SpendOptions = {}) {
  const parent = spend([f.chain.fund()], { ...options, fee: parentFee });
  return [parent, spend([coinOf(parent)], { ...options, fee: childFee })] as const;
}

function resultOf(result: PackageAcceptResult, tx: Transaction) {
  return result.results.get(hashKey(tx.wtxid));
}

describe('form of a package', () => {
  async function reason(txs: readonly Transaction[]) {
    return (await f.pool.testPackage(txs)).rejection?.reason;
  }

  it('has at most 25 transactions', async () => {
    const txs = Array.from({ length: 26 }, () => spend([f.chain.fund()]));
    expect(await reason(txs)).toBe('package-too-many-transactions');
    expect(await reason(txs.slice(1))).toBeUndefined();
  });

  it('is not too heavy', async () => {
    const big = () =>
      spend(
        Array.from({ length: 1000 }, () => f.chain.fund()),
        { fee: 100_000 },
      );
    expect(await reason([big(), big(), big()])).toBe('package-too-large');
  });

  it('holds nothing twice, parents first, no conflict', async () => {
    const [parent, child] = pair(1000, 1000);
    expect(await reason([parent, parent])).toBe('package-contains-duplicates');
    expect(await reason([child, parent])).toBe('package-not-sorted');
    const coin = f.chain.fund();
    expect(await reason([spend([coin]), spend([coin], { fee: 2000 })])).toBe('conflict-in-package');
  });
});

describe('the hash of a package', () => {
  it('does not depend on the order and sorts ids as numbers', () => {
    const txs = Array.from({ length: 5 }, () => spend([f.chain.fund()]));
    const ids = txs.map(tx => tx.wtxid);
    ids.sort((a, b) => (hashToHex(a) < hashToHex(b) ? -1 : 1));
    const expected = sha256(Buffer.concat(ids));
    expect(packageHash(txs)).toEqual(expected);
    expect(packageHash(txs.reverse())).toEqual(expected);
  });
});

describe('a test of several', () => {
  it('accepts a chain and changes nothing', async () => {
    const [parent, child] = pair(1000, 1000);
    const result = await f.pool.testPackage([parent, child]);
    expect(result.rejection).toBeUndefined();
    expect(resultOf(result, child)).toMatchObject({ accepted: true, entry: { fee: 1000 } });
    expect(f.pool.size).toBe(0);
    expect(await f.refusal(child)).toBe('bad-txns-inputs-missingorspent');
  });

  it('stops at the first that fails', async () => {
    const bad = spend([f.chain.fund()], { fee: 0 });
    const good = spend([f.chain.fund()]);
    const result = await f.pool.testPackage([bad, good]);
    expect(result.rejection).toMatchObject({ result: 'package-tx', reason: 'transaction failed' });
    expect(resultOf(result, bad)).toMatchObject({ rejection: { reason: 'min relay fee not met' } });
    expect(resultOf(result, good)).toBeUndefined();
  });

  it('replaces nothing', async () => {
    const coin = f.chain.fund();
    await enter(f, spend([coin]));
    const tx = spend([coin], { fee: 9000 });
    const result = await f.pool.testPackage([tx, spend([coinOf(tx)])]);
    expect(resultOf(result, tx)).toMatchObject({ rejection: { reason: 'bip125-replacement-disallowed' } });
  });

  it('counts all of it against the chain limits', async () => {
    let last = await enter(f, spend([f.chain.fund()]));
    for (let i = 0; i < 22; i++) last = await enter(f, spend([coinOf(last)]));
    const first = spend([coinOf(last)]);
    const second = spend([coinOf(first)]);
    expect((await f.pool.testPackage([first, second])).rejection).toBeUndefined();
    const third = spend([coinOf(second)]);
    expect((await f.pool.testPackage([first, second, third])).rejection).toMatchObject({
      reason: 'package-mempool-limits',
      debug: 'possibly too many unconfirmed ancestors [limit: 25]',
    });
  });
});

describe('a submitted package', () => {
  it('is a child with all its unconfirmed parents', async () => {
    const [parent, child] = pair(1000, 1000);
    const stranger = spend([f.chain.fund()]);
    expect((await f.pool.submitPackage([stranger, parent, child])).rejection?.reason).toBe(
      'package-not-child-with-parents',
    );
    const other = await enter(f, spend([f.chain.fund()]));
    const both = spend([coinOf(parent), coinOf(other)]);
    expect((await f.pool.submitPackage([parent, both])).rejection?.reason).toBe(
      'package-not-child-with-unconfirmed-parents',
    );
  });

  it('takes a version 3 parent without fee in for the child that pays', async () => {
    const [parent, child] = pair(0, 1000, { version: 3 });
    const result = await f.pool.submitPackage([parent, child]);
    expect(result.rejection).toBeUndefined();
    const feeRate = Math.trunc((1000 * 1000) / (parent.vsize + child.vsize));
    const wtxids = [parent.wtxid, child.wtxid];
    for (const tx of [parent, child])
      expect(resultOf(result, tx)).toMatchObject({ accepted: true, effective: { feeRate, wtxids } });
    expect(f.pool.get(child.txidKey)?.ancestorCount).toBe(2);
  });

  it('refuses a package that does not pay as a whole', async () => {
    const [parent, child] = pair(0, 150, { version: 3 });
    const result = await f.pool.submitPackage([parent, child]);
    expect(result.rejection?.reason).toBe('transaction failed');
    expect(resultOf(result, child)).toMatchObject({
      rejection: { reason: 'min relay fee not met', debug: `150 < ${parent.vsize + child.vsize}` },
    });
    expect(f.pool.size).toBe(0);
  });

  it('takes each by itself where it can, and knows what is there', async () => {
    const [parent, child] = pair(1000, 2000);
    await enter(f, parent);
    const result = await f.pool.submitPackage([parent, child]);
    expect(result.rejection).toBeUndefined();
    expect(resultOf(result, parent)).toMatchObject({ accepted: 'already' });
    expect(resultOf(result, child)).toMatchObject({ accepted: true, effective: { wtxids: [child.wtxid] } });
  });

  it('keeps the parent when the child fails for good', async () => {
    const [parent] = pair(1000, 0);
    const child = spend([coinOf(parent)], { changeInputs: { witness: [Uint8Array.of(0)] } });
    const result = await f.pool.submitPackage([parent, child]);
    expect(result.rejection?.reason).toBe('transaction failed');
    expect(resultOf(result, parent)).toMatchObject({ accepted: true });
    expect(f.pool.has(parent.txidKey)).toBe(true);
  });

  it('refuses what pays more than the sender wants', async () => {
    const [parent, child] = pair(1000, 50_000);
    const result = await f.pool.submitPackage([parent, child], { maxFeeRate: 100_000 });
    expect(resultOf(result, child)).toMatchObject({ rejection: { reason: 'max feerate exceeded' } });
  });
});

describe('package replacement', () => {
  /** A parent without fee that conflicts with an entry, and its child. */
  async function conflictingPair(oldFee: number, childFee: number) {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin], { fee: oldFee, version: 3 }));
    const parent = spend([coin], { fee: 0, version: 3, pad: 10 });
    return { old, parent, child: spend([coinOf(parent)], { fee: childFee, version: 3 }) };
  }

  it('of one parent and one child takes the place of conflicts', async () => {
    const { old, parent, child } = await conflictingPair(1000, 9000);
    const result = await f.pool.submitPackage([parent, child]);
    expect(result.rejection).toBeUndefined();
    expect(resultOf(result, parent)).toMatchObject({ accepted: true, replaced: [old] });
    expect(resultOf(result, child)).toMatchObject({ accepted: true, replaced: [] });
    expect(f.pool.has(old.txidKey)).toBe(false);
    expect(f.log.some(line => line.startsWith('package RBF checks passed: parent'))).toBe(true);
  });

  it('pays for what goes and for its relay', async () => {
    const { parent, child } = await conflictingPair(1000, 1100);
    const { rejection } = await f.pool.submitPackage([parent, child]);
    expect(rejection?.reason).toBe('package RBF failed: insufficient anti-DoS fees');
    expect(rejection?.debug).toContain(`rejecting replacement ${hashToHex(child.txid)}, not enough`);
  });

  it('improves the feerate diagram', async () => {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin], { fee: 5000, version: 3 }));
    const parent = spend([coin], { fee: 0, version: 3 });
    const child = spend([coinOf(parent)], { fee: 5300, version: 3 });
    const { rejection } = await f.pool.submitPackage([parent, child]);
    expect(rejection?.reason).toBe(
      'package RBF failed: insufficient feerate: does not improve feerate diagram',
    );
    expect(f.pool.has(old.txidKey)).toBe(true);
  });
});
