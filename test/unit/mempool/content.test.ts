import { beforeEach, describe, expect, it } from 'vitest';
import type { RemovalReason } from '../../../src/mempool/mempool.js';
import { DEFAULT_CHAIN_LIMITS } from '../../../src/mempool/policy/settings.js';
import { type HashKey, hashKey, hashToHex } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { StartError } from '../../../src/runtime/errors.js';
import { coinOf, enter, type Fixture, fixture, spend } from '../../support/mempool-fixture.js';

let f: Fixture;
let removed: [HashKey, RemovalReason][];

async function begin(options: Parameters<typeof fixture>[0] = {}) {
  f = await fixture(options);
  removed = [];
  f.pool.events.on('removed', (entry, reason) => removed.push([entry.tx.txidKey, reason]));
}

beforeEach(() => begin());

function has(...txs: readonly Transaction[]): boolean[] {
  return txs.map(tx => f.pool.has(tx.txidKey));
}

describe('a block', () => {
  it('confirms transactions; their descendants stay and have an ancestor less', async () => {
    const mined: [HashKey[], number][] = [];
    f.pool.events.on('minedInBlock', (entries, height) =>
      mined.push([entries.map(entry => entry.tx.txidKey), height]),
    );
    const parent = await enter(f, spend([f.chain.fund()]));
    const child = await enter(f, spend([coinOf(parent)]));
    const grandchild = await enter(f, spend([coinOf(child)]));
    f.chain.mine([parent]);
    expect(has(parent, child, grandchild)).toEqual([false, true, true]);
    expect(f.pool.get(grandchild.txidKey)?.ancestorCount).toBe(2);
    expect(removed).toEqual([]);
    expect(mined).toEqual([[[parent.txidKey], 201]]);
  });

  it('throws out what spends the same, with descendants and deltas', async () => {
    const coin = f.chain.fund();
    const loser = await enter(f, spend([coin]));
    const child = await enter(f, spend([coinOf(loser)]));
    f.pool.prioritise(loser.txid, 5);
    f.chain.mine([spend([coin], { fee: 3000 })]);
    expect(has(loser, child)).toEqual([false, false]);
    expect(removed.map(([, reason]) => reason)).toEqual(['conflict', 'conflict']);
    expect(f.pool.prioritisations()).toEqual([]);
  });
});

describe('a reorganisation', () => {
  it('brings transactions back, before the descendants that stayed', async () => {
    const parent = spend([f.chain.fund()]);
    const child = spend([coinOf(parent)]);
    f.chain.mine([parent, child]);
    const grandchild = await enter(f, spend([coinOf(child)]));
    f.chain.disconnect();
    f.chain.settle();
    expect(has(parent, child, grandchild)).toEqual([true, true, true]);
    expect(f.pool.get(grandchild.txidKey)?.ancestorCount).toBe(3);
    expect(f.pool.get(parent.txidKey)).toMatchObject({ descendantCount: 3, sequence: 0 });
  });

  it('does so whatever their fee', async () => {
    const free = spend([f.chain.fund()], { fee: 0 });
    f.chain.mine([free]);
    f.chain.disconnect();
    f.chain.settle();
    expect(has(free)).toEqual([true]);
  });

  it('leaves out what the new chain holds', async () => {
    const [a, b] = [spend([f.chain.fund()]), spend([f.chain.fund()])];
    f.chain.mine([a]);
    f.chain.mine([b]);
    f.chain.disconnect();
    f.chain.disconnect();
    f.chain.mine([b], { quiet: true });
    f.chain.mine([]);
    expect(has(a, b)).toEqual([true, false]);
  });

  it('takes out what builds on a transaction that cannot come back', async () => {
    const coin = f.chain.fund();
    const loser = spend([coin]);
    f.chain.mine([loser]);
    const child = await enter(f, spend([coinOf(loser)]));
    f.chain.disconnect();
    f.chain.mine([spend([coin], { fee: 2000 })]);
    expect(has(loser, child)).toEqual([false, false]);
    expect(removed).toEqual([[child.txidKey, 'reorg']]);
  });

  it('takes out what spends a coinbase that is lost or not mature any more', async () => {
    const young = f.chain.fund(1_000_000, { height: 102, coinbase: true });
    const { block } = f.chain.mine([]);
    const spender = await enter(f, spend([young]));
    const child = await enter(f, spend([coinOf(spender)]));
    f.chain.disconnect();
    f.chain.settle();
    expect(has(spender, child)).toEqual([false, false]);
    expect(block.transactions[0]?.isCoinbase).toBe(true);
  });

  it('takes out what is not final any more', async () => {
    f.chain.mine([]);
    const byHeight = await enter(f, spend([f.chain.fund()], { lockTime: 201, sequence: 0 }));
    const young = f.chain.fund(1_000_000, { height: 200 });
    const byDepth = await enter(f, spend([young], { sequence: 2 }));
    const final = await enter(f, spend([f.chain.fund()]));
    f.chain.disconnect();
    f.chain.settle();
    expect(has(byHeight, byDepth, final)).toEqual([false, false, true]);
    expect(removed.every(([, reason]) => reason === 'reorg')).toBe(true);
  });

  it('takes out descendants that would have too many ancestors', async () => {
    await begin({ limits: { ...DEFAULT_CHAIN_LIMITS, ancestorCount: 3 } });
    let last = spend([f.chain.fund()]);
    const mined = [last];
    for (let i = 0; i < 2; i++) {
      last = spend([coinOf(last)]);
      mined.push(last);
    }
    f.chain.mine(mined);
    const child = await enter(f, spend([coinOf(last)]));
    f.chain.disconnect();
    f.chain.settle();
    expect(has(...mined, child)).toEqual([true, true, true, false]);
    expect(removed).toEqual([[child.txidKey, 'sizelimit']]);
  });
});

describe('age', () => {
  it('takes transactions out after -mempoolexpiry, when the next comes', async () => {
    await begin({ expirySeconds: 3600 });
    const old = await enter(f, spend([f.chain.fund()], { outputs: 2 }));
    f.clock.setMockTime(f.clock.now() + 3601);
    const child = spend([coinOf(old)]);
    expect(await f.refusal(child)).toBe('mempool full');
    expect(has(old, child)).toEqual([false, false]);
    expect(f.log).toContain('Expired 2 transactions from the memory pool');
  });
});

describe('memory', () => {
  const MEGABYTE = 1_000_000;

  it('is at least room for one full chain of descendants', async () => {
    await expect(begin({ maxBytes: 4 * MEGABYTE })).rejects.toThrow(StartError);
    await expect(begin({ maxBytes: 4 * MEGABYTE })).rejects.toThrow('-maxmempool must be at least 5 MB');
  });

  it('is counted as Core would on a 64-bit machine', async () => {
    const parent = await enter(f, spend([f.chain.fund()]));
    // Entry 416, spent outpoint 64, place in the list 32; transaction 144 and 48, input 128, output 64, script of 34
    // bytes 64, witness of one item 48 and 32.
    expect(f.pool.info().usage).toBe(416 + 64 + 32 + (144 + 48 + 128 + 64 + 64 + 48 + 32));
    await enter(f, spend([coinOf(parent)]));
    // Twice that (the list's one allocation grows by 16), and a link of 64 at either end.
    expect(f.pool.info().usage).toBe(2 * (416 + 64 + 528) + 48 + 2 * 64);
  });

  /** Room for about a dozen transactions. */
  const small = {
    maxBytes: 10_000,
    limits: { ...DEFAULT_CHAIN_LIMITS, descendantSize: 250 },
    checkRatio: 1,
  };

  async function fill(fees: readonly number[]): Promise<Transaction[]> {
    const txs: Transaction[] = [];
    for (const fee of fees) {
      const tx = spend([f.chain.fund()], { fee });
      await f.accept(tx);
      txs.push(tx);
    }
    return txs;
  }

  it('evicts the lowest feerate first and asks for more from then on', async () => {
    await begin(small);
    const fees = [5000, 1000, 4000, 2000, 3000, 6000, 7000, 8000, 9000, 10_000, 11_000, 12_000, 13_000];
    const txs = await fill(fees);
    const left = txs.filter(tx => f.pool.has(tx.txidKey)).map(tx => f.pool.get(tx.txidKey)?.fee ?? 0);
    const kept = fees
      .slice()
      .sort((a, b) => b - a)
      .slice(0, left.length);
    expect(left.length).toBeLessThan(fees.length);
    expect(left.slice().sort((a, b) => b - a)).toEqual(kept);
    expect(f.pool.info().usage).toBeLessThanOrEqual(small.maxBytes);
    expect(
      f.log.some(line => /^Removed \d+ txn, rolling minimum fee bumped to 0\.\d{8} BTC\/kvB$/.test(line)),
    ).toBe(true);
    const { minFeeRate } = f.pool.info();
    expect(minFeeRate).toBeGreaterThan(10_000);
    const poor = spend([f.chain.fund()], { fee: 1000 });
    expect(await f.refusal(poor)).toBe('mempool min fee not met');
  });

  it('keeps a poor parent for the sake of a rich child', async () => {
    await begin(small);
    const parent = await enter(f, spend([f.chain.fund()], { fee: 500 }));
    const child = await enter(f, spend([coinOf(parent)], { fee: 100_000 }));
    await fill(new Array(15).fill(5000));
    expect(has(parent, child)).toEqual([true, true]);
  });

  it('of equals evicts the later: mempool full', async () => {
    await begin(small);
    const txs: Transaction[] = [];
    let reason: string | undefined;
    while (reason === undefined) {
      const tx = spend([f.chain.fund()], { fee: 5000 });
      reason = await f.refusal(tx);
      txs.push(tx);
    }
    expect(reason).toBe('mempool full');
    expect(has(...txs)).toEqual([...new Array(txs.length - 1).fill(true), false]);
  });

  it('the rolling fee decays after a block, faster when there is room', async () => {
    await begin(small);
    await fill(new Array(20).fill(5000));
    const { rollingFeeRate } = f.pool.info();
    f.clock.setMockTime(f.clock.now() + 86_400);
    expect(f.pool.info().rollingFeeRate).toBe(rollingFeeRate);
    f.chain.mine([...f.pool.entries()].map(entry => entry.tx));
    f.clock.setMockTime(f.clock.now() + 3 * 3600);
    expect(f.pool.info().rollingFeeRate).toBe(Math.round(rollingFeeRate / 2));
    f.clock.setMockTime(f.clock.now() + 86_400 * 2);
    expect(f.pool.info()).toMatchObject({ rollingFeeRate: 0, minFeeRate: 1000 });
  });
});

describe('orders', () => {
  it('mining goes by the feerate with ancestors, relay by depth, then feerate', async () => {
    const poor = await enter(f, spend([f.chain.fund()], { fee: 200 }));
    const middle = await enter(f, spend([f.chain.fund()], { fee: 3000 }));
    const rich = await enter(f, spend([coinOf(poor)], { fee: 20_000 }));
    const ids = (entries: Iterable<{ tx: Transaction }>) => [...entries].map(({ tx }) => tx.txidKey);
    expect(ids(f.pool.entriesByAncestorScore())).toEqual([rich, middle, poor].map(tx => tx.txidKey));
    expect(ids(f.pool.entriesByDepthAndScore())).toEqual([middle, poor, rich].map(tx => tx.txidKey));
    f.pool.prioritise(middle.txid, 50_000);
    expect(ids(f.pool.entriesByAncestorScore())).toEqual([middle, rich, poor].map(tx => tx.txidKey));
  });
});

describe('fee deltas', () => {
  it('add up, are told, and vanish at zero', async () => {
    const tx = spend([f.chain.fund()]);
    f.pool.prioritise(tx.txid, 3000);
    f.pool.prioritise(tx.txid, -1000);
    expect(f.pool.prioritisations()).toMatchObject([{ delta: 2000, entry: undefined }]);
    await enter(f, tx);
    expect(f.pool.prioritisations()).toMatchObject([{ delta: 2000, entry: { modifiedFee: 3000 } }]);
    f.pool.prioritise(tx.txid, -2000);
    expect(f.pool.prioritisations()).toEqual([]);
    const id = hashToHex(tx.txid);
    expect(f.log).toContain(
      `PrioritiseTransaction: ${id} (not in mempool) fee += -0.00001, new delta=0.00002`,
    );
    expect(f.log).toContain(`PrioritiseTransaction: ${id} (in mempool) delta cleared`);
  });
});

describe('transactions not announced yet', () => {
  it('are forgotten with the transaction or on demand', async () => {
    const [a, b] = [await enter(f, spend([f.chain.fund()])), await enter(f, spend([f.chain.fund()]))];
    f.pool.addUnbroadcast(a.txid);
    f.pool.addUnbroadcast(b.txid);
    f.pool.addUnbroadcast(spend([f.chain.fund()]).txid);
    expect(f.pool.info().unbroadcastCount).toBe(2);
    f.pool.removeUnbroadcast(b.txid);
    expect([...f.pool.unbroadcast]).toEqual([hashKey(a.txid)]);
    f.chain.mine([a]);
    expect(f.pool.unbroadcast.size).toBe(0);
    expect(f.log).toContain(
      `Removed ${hashToHex(a.txid)} from set of unbroadcast txns before confirmation that txn was sent out`,
    );
  });
});

describe('relatives', () => {
  it('are found, and the longest chain from a root counted', async () => {
    const root = await enter(f, spend([f.chain.fund()], { outputs: 2 }));
    const child = await enter(f, spend([coinOf(root)]));
    await enter(f, spend([coinOf(root, 1)]));
    const entry = f.pool.get(child.txidKey);
    if (entry === undefined) throw new Error('no entry');
    expect([...f.pool.ancestors(entry)].map(({ tx }) => tx)).toEqual([root]);
    expect(f.pool.descendants(entry).size).toBe(0);
    expect(f.pool.descendantMaximum(entry)).toBe(3);
  });
});
