import { beforeEach, describe, expect, it } from 'vitest';
import { hashToHex } from '../../../src/primitives/bytes.js';
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
  f = await fixture({ maxDataCarrierBytes: 100_000 });
});

const truc = (coins: Parameters<typeof spend>[0], options: SpendOptions = {}) =>
  spend(coins, { version: 3, ...options });

function names(tx: Transaction): string {
  return `${hashToHex(tx.txid)} (wtxid=${hashToHex(tx.wtxid)})`;
}

function violates(tx: Transaction, debug: string) {
  return expect(f.accept(tx)).resolves.toMatchObject({ rejection: { reason: 'TRUC-violation', debug } });
}

describe('BIP431: transactions of version 3', () => {
  it('are at most 10,000 vbytes', async () => {
    const tx = truc([f.chain.fund()], { pad: 10_000, fee: 50_000 });
    await violates(tx, `version=3 tx ${names(tx)} is too big: ${tx.vsize} > 10000 virtual bytes`);
  });

  it('are at most 1000 vbytes as a child', async () => {
    const parent = await enter(f, truc([f.chain.fund()]));
    const tx = truc([coinOf(parent)], { pad: 1000, fee: 5000 });
    await violates(tx, `version=3 child tx ${names(tx)} is too big: ${tx.vsize} > 1000 virtual bytes`);
  });

  it('have no grandparents', async () => {
    const parent = await enter(f, truc([f.chain.fund()]));
    const child = await enter(f, truc([coinOf(parent)]));
    const tx = truc([coinOf(child)]);
    await violates(tx, `tx ${names(tx)} would have too many ancestors`);
  });

  it('do not mix with others', async () => {
    const three = await enter(f, truc([f.chain.fund()]));
    const two = await enter(f, spend([f.chain.fund()]));
    const onThree = spend([coinOf(three)]);
    await violates(
      onThree,
      `non-version=3 tx ${names(onThree)} cannot spend from version=3 tx ${names(three)}`,
    );
    const onTwo = truc([coinOf(two)]);
    await violates(onTwo, `version=3 tx ${names(onTwo)} cannot spend from non-version=3 tx ${names(two)}`);
  });

  it('may have a fee below the relay feerate only in a package', async () => {
    const tx = truc([f.chain.fund()], { fee: 0 });
    expect(await f.accept(tx)).toMatchObject({
      rejection: { result: 'reconsiderable', reason: 'min relay fee not met' },
    });
  });

  it('evict the only sibling, under the rules of replacement', async () => {
    const parent = await enter(f, truc([f.chain.fund()], { outputs: 2 }));
    const sibling = await enter(f, truc([coinOf(parent)]));
    const poor = truc([coinOf(parent, 1)], { fee: 1000 });
    expect(await f.refusal(poor)).toBe('insufficient fee (including sibling eviction)');
    const result = await f.accept(truc([coinOf(parent, 1)], { fee: 2000 }));
    expect(result).toMatchObject({ accepted: true });
    expect(f.pool.has(sibling.txidKey)).toBe(false);
  });

  it('are not a second child where one is left by a reorganisation', async () => {
    const parent = truc([f.chain.fund()], { outputs: 3 });
    const mined = f.chain.mine([parent]);
    await enter(f, truc([coinOf(parent)]));
    await enter(f, truc([coinOf(parent, 1)]));
    f.chain.disconnect();
    f.chain.settle();
    expect(mined.block.transactions).toContain(parent);
    const tx = truc([coinOf(parent, 2)], { fee: 50_000 });
    await violates(tx, `tx ${names(parent)} would exceed descendant count limit`);
  });
});
