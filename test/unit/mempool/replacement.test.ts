import { beforeEach, describe, expect, it } from 'vitest';
import { hashToHex } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import {
  coinOf,
  enter,
  type Fixture,
  fixture,
  type Spendable,
  spend,
} from '../../support/mempool-fixture.js';

let f: Fixture;

beforeEach(async () => {
  f = await fixture();
});

function refused(tx: Transaction, reason: string, debug: string) {
  return expect(f.accept(tx)).resolves.toMatchObject({ accepted: false, rejection: { reason, debug } });
}

describe('replacement', () => {
  it('takes the place of a conflict and of what builds on it', async () => {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin]));
    const child = await enter(f, spend([coinOf(old)]));
    const removed: string[] = [];
    f.pool.events.on('removed', (entry, reason) => removed.push(`${reason} ${hashToHex(entry.tx.txid)}`));
    const tx = spend([coin], { fee: 5000 });
    const result = await f.accept(tx);
    expect(result).toMatchObject({ accepted: true });
    expect(result.accepted && result.replaced.map(one => one.txidKey).sort()).toEqual(
      [old.txidKey, child.txidKey].sort(),
    );
    expect(f.pool.size).toBe(1);
    expect(removed.sort()).toEqual([old, child].map(one => `replaced ${hashToHex(one.txid)}`).sort());
  });

  it('needs a higher feerate than each direct conflict (rule 6)', async () => {
    const coin = f.chain.fund();
    await enter(f, spend([coin], { fee: 2000 }));
    const tx = spend([coin], { fee: 1999 });
    const id = hashToHex(tx.txid);
    await refused(
      tx,
      'insufficient fee',
      `rejecting replacement ${id}; new feerate 0.00020822 BTC/kvB <= old feerate 0.00020833 BTC/kvB`,
    );
  });

  it('pays no less than all that goes (rule 3)', async () => {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin], { fee: 1000 }));
    await enter(f, spend([coinOf(old)], { fee: 10_000 }));
    const tx = spend([coin], { fee: 10_999 });
    await refused(
      tx,
      'insufficient fee',
      `rejecting replacement ${hashToHex(tx.txid)}, less fees than conflicting txs; 0.00010999 < 0.00011`,
    );
  });

  it('pays for its own relay on top (rule 4)', async () => {
    const coin = f.chain.fund();
    await enter(f, spend([coin], { fee: 1000 }));
    const tx = spend([coin], { fee: 1095 });
    await refused(
      tx,
      'insufficient fee',
      `rejecting replacement ${hashToHex(tx.txid)}, not enough additional fees to relay; 0.00000095 < 0.00000096`,
    );
    expect(await f.refusal(spend([coin], { fee: 1096 }))).toBeUndefined();
  });

  it('adds no unconfirmed input (rule 2)', async () => {
    const coin = f.chain.fund();
    const other = await enter(f, spend([f.chain.fund()]));
    await enter(f, spend([coin]));
    const tx = spend([coin, coinOf(other)], { fee: 10_000 });
    await refused(
      tx,
      'replacement-adds-unconfirmed',
      `replacement ${hashToHex(tx.txid)} adds unconfirmed input, idx 1`,
    );
  });

  it('throws out at most 100 (rule 5)', async () => {
    const coins: Spendable[] = [];
    for (let i = 0; i < 5; i++) {
      const coin = f.chain.fund();
      coins.push(coin);
      const root = await enter(f, spend([coin], { outputs: 20 }));
      for (let child = 0; child < 20; child++) await enter(f, spend([coinOf(root, child)]));
    }
    const tx = spend(coins, { fee: 500_000 });
    await refused(
      tx,
      'too many potential replacements',
      `rejecting replacement ${hashToHex(tx.txid)}; too many potential replacements (105 > 100)\n`,
    );
    expect(await f.refusal(spend(coins.slice(1), { fee: 500_000 }))).toBeUndefined();
    expect(f.pool.size).toBe(22);
  });

  it('does not spend what it replaces', async () => {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin]));
    const tx = spend([coin, coinOf(old)], { fee: 10_000 });
    await refused(
      tx,
      'bad-txns-spends-conflicting-tx',
      `${hashToHex(tx.txid)} spends conflicting transaction ${hashToHex(old.txid)}`,
    );
  });

  it('counts deltas as fees', async () => {
    const coin = f.chain.fund();
    const old = await enter(f, spend([coin]));
    f.pool.prioritise(old.txid, 100_000);
    expect(await f.refusal(spend([coin], { fee: 50_000 }))).toBe('insufficient fee');
  });

  it('is told in a test and changes nothing', async () => {
    const coin = f.chain.fund();
    await enter(f, spend([coin]));
    expect(await f.accept(spend([coin], { fee: 9000 }), { testOnly: true })).toMatchObject({
      accepted: true,
    });
    expect(f.pool.size).toBe(1);
  });

  it('of one entry of a full chain is possible: it takes a place that becomes free', async () => {
    let last = await enter(f, spend([f.chain.fund()], { outputs: 2 }));
    const root = last;
    for (let i = 0; i < 23; i++) last = await enter(f, spend([coinOf(last)]));
    await enter(f, spend([coinOf(root, 1)], { pad: 30 }));
    expect(f.pool.get(root.txidKey)?.descendantCount).toBe(25);
    expect(await f.refusal(spend([coinOf(root, 1)], { fee: 9000 }))).toBeUndefined();
  });
});

describe('signals of replaceability', () => {
  it('come from sequence numbers, own or of an ancestor', async () => {
    const signalling = await enter(f, spend([f.chain.fund()], { sequence: 0xfffffffd }));
    const child = await enter(f, spend([coinOf(signalling)]));
    const final = await enter(f, spend([f.chain.fund()], { sequence: 0xfffffffe }));
    const replaceable = [signalling, child, final].map(tx => {
      const entry = f.pool.get(tx.txidKey);
      return entry !== undefined && f.pool.isReplaceable(entry);
    });
    expect(replaceable).toEqual([true, true, false]);
  });

  it('matter without full RBF: only the conflict itself counts', async () => {
    f = await fixture({ fullRbf: false });
    const coin = f.chain.fund();
    const root = await enter(f, spend([coin], { sequence: 0xfffffffd }));
    await enter(f, spend([coinOf(root)]));
    expect(await f.refusal(spend([coinOf(root)], { fee: 9000 }))).toBe('txn-mempool-conflict');
    expect(await f.refusal(spend([coin], { fee: 9000 }))).toBeUndefined();
  });

  it('are not asked of version 3', async () => {
    f = await fixture({ fullRbf: false });
    const coin = f.chain.fund();
    await enter(f, spend([coin], { version: 3 }));
    expect(await f.refusal(spend([coin], { fee: 9000 }))).toBeUndefined();
  });
});
