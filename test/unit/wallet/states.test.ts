import { describe, expect, it } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { balances } from '../../../src/wallet/balance.js';
import { resubmit } from '../../../src/wallet/broadcast.js';
import { historyOf } from '../../../src/wallet/history.js';
import { makeWallet, newScript, send, setUpWallets } from '../../support/wallet.js';
import { FOREIGN_SCRIPT, SUBSIDY } from '../../support/wallet-chain.js';

/** A wallet with one mature coinbase; nobody has more. */
async function funded() {
  const setup = await setUpWallets();
  const wallet = await makeWallet(setup);
  setup.chain.mine(120);
  setup.chain.mine(1, await newScript(wallet));
  setup.chain.mine(100);
  return { ...setup, wallet };
}

describe('transactions of a wallet', () => {
  it('lie in memory of their own, so that none keeps the block or message that it came in', async () => {
    const { chain, wallet } = await funded();
    const { tx } = await send(wallet, FOREIGN_SCRIPT, COIN);
    chain.pay([{ script: await newScript(wallet), value: COIN }]);
    chain.mine();
    const kept = wallet.ledger.inOrder();
    expect(kept.map(one => hashToHex(one.tx.txid))).toContain(hashToHex(tx.txid));
    expect(kept).toHaveLength(3);
    for (const { tx: own, state } of kept) {
      expect(own.raw.buffer.byteLength).toBe(own.raw.length);
      expect(state.type === 'confirmed' && state.hash.buffer.byteLength).toBe(32);
    }
  });
});

describe('balances', () => {
  it('count a coinbase as immature until 100 blocks stand on it', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(1, await newScript(wallet));
    expect(balances(wallet)).toEqual({ trusted: 0, untrustedPending: 0, immature: SUBSIDY });
    setup.chain.mine(99);
    expect(balances(wallet).immature).toBe(SUBSIDY);
    setup.chain.mine(1);
    expect(balances(wallet)).toEqual({ trusted: SUBSIDY, untrustedPending: 0, immature: 0 });
  });

  it('do not trust what others pay until it is confirmed', async () => {
    const { chain, wallet } = await funded();
    chain.pay([{ script: await newScript(wallet), value: COIN }]);
    expect(balances(wallet)).toMatchObject({ trusted: SUBSIDY, untrustedPending: COIN });
    chain.mine();
    expect(balances(wallet)).toMatchObject({ trusted: SUBSIDY + COIN, untrustedPending: 0 });
    expect(balances(wallet, 2).trusted).toBe(SUBSIDY);
  });

  it('trust unconfirmed change, and change of change', async () => {
    const { wallet } = await funded();
    const first = await send(wallet, FOREIGN_SCRIPT, COIN);
    expect(balances(wallet).trusted).toBe(SUBSIDY - COIN - first.fee);
    const second = await send(wallet, FOREIGN_SCRIPT, COIN);
    expect(balances(wallet).trusted).toBe(SUBSIDY - 2 * COIN - first.fee - second.fee);
  });

  it('do not trust what was made of an untrusted coin', async () => {
    const { chain, wallet } = await funded();
    chain.pay([{ script: await newScript(wallet), value: COIN }]);
    const own = await newScript(wallet);
    await send(wallet, own, COIN / 2, {
      includeUnsafe: true,
      preset: [...unconfirmed(wallet)],
      allowOtherInputs: false,
    });
    expect(balances(wallet).trusted).toBe(SUBSIDY);
    expect(balances(wallet).untrustedPending).toBeGreaterThan(COIN / 2);
  });

  it('leave out what is neither in a block nor in the mempool', async () => {
    const { chain, wallet } = await funded();
    chain.rejectAll = true;
    await send(wallet, FOREIGN_SCRIPT, COIN);
    // The coin is spent for the wallet, and its change not there yet.
    expect(balances(wallet)).toEqual({ trusted: 0, untrustedPending: 0, immature: 0 });
  });
});

function unconfirmed(wallet: Awaited<ReturnType<typeof makeWallet>>) {
  return [...wallet.ledger.ownCoins()]
    .filter(({ wtx }) => wallet.ledger.depth(wtx) === 0)
    .map(({ wtx, vout }) => ({ outpoint: { txid: wtx.tx.txid, vout } }));
}

describe('reorganisations', () => {
  it('make a confirmed payment pending again and confirm it in another block', async () => {
    const { chain, wallet } = await funded();
    const tx = chain.pay([{ script: await newScript(wallet), value: COIN }]);
    chain.mine();
    chain.disconnect(1);
    expect(wallet.ledger.get(tx.txid)?.state.type).toBe('inMempool');
    expect(balances(wallet).untrustedPending).toBe(COIN);
    chain.mine(2);
    expect(wallet.ledger.get(tx.txid)?.state).toMatchObject({
      type: 'confirmed',
      height: chain.tip().height - 1,
    });
    expect(balances(wallet).trusted).toBe(SUBSIDY + COIN);
  });

  it('take away a coinbase and give up what was paid with it', async () => {
    const { chain, wallet } = await funded();
    const spend = await send(wallet, FOREIGN_SCRIPT, COIN);
    chain.mine();
    chain.disconnect(102);
    chain.mine(110);
    expect(balances(wallet)).toEqual({ trusted: 0, untrustedPending: 0, immature: 0 });
    expect(wallet.ledger.get(spend.tx.txid)?.isAbandoned).toBe(true);
    const coinbase = wallet.ledger.inOrder().find(wtx => wtx.tx.isCoinbase);
    expect(coinbase && historyOf(wallet, coinbase)[0]?.category).toBe('orphan');
  });

  it('bring an orphaned coinbase back with its chain', async () => {
    const { chain, wallet } = await funded();
    const gone = chain.disconnect(101);
    expect(balances(wallet).trusted).toBe(0);
    const coinbase = gone[0]?.transactions[0];
    expect(coinbase).toBeDefined();
    expect(coinbase && wallet.ledger.get(coinbase.txid)?.isAbandoned).toBe(true);
  });
});

describe('conflicts', () => {
  it('mark a payment whose coin is spent by another in a block, and what descends from it', async () => {
    const { chain, wallet } = await funded();
    const paid = chain.pay([{ script: await newScript(wallet), value: COIN }]);
    const child = await send(wallet, FOREIGN_SCRIPT, COIN / 4, {
      preset: [...unconfirmed(wallet)],
      allowOtherInputs: false,
    });
    chain.evict(paid, 'expiry');
    const rival = chain.pay([{ script: FOREIGN_SCRIPT, value: 2 * COIN }]);
    chain.mine();
    chain.mine();
    expect(hashToHex(rival.inputs[0]?.prevout.txid ?? new Uint8Array())).toBe(
      hashToHex(paid.inputs[0]?.prevout.txid ?? new Uint8Array()),
    );
    const conflicted = wallet.ledger.get(paid.txid);
    expect(conflicted?.state.type).toBe('conflicted');
    expect(conflicted && wallet.ledger.depth(conflicted)).toBe(-2);
    expect(wallet.ledger.get(child.tx.txid)?.state.type).toBe('conflicted');
    expect(balances(wallet)).toEqual({ trusted: SUBSIDY, untrustedPending: 0, immature: 0 });
    chain.disconnect(2);
    expect(wallet.ledger.get(paid.txid)?.state).toEqual({ type: 'inactive', abandoned: false });
  });

  it('free the coins of a payment that was replaced in the mempool', async () => {
    const { chain, wallet } = await funded();
    const first = await send(wallet, FOREIGN_SCRIPT, COIN);
    const wtx = wallet.ledger.get(first.tx.txid);
    const outpoint = first.tx.inputs[0]?.prevout;
    expect(outpoint).toBeDefined();
    if (outpoint === undefined) return;
    const second = await send(wallet, FOREIGN_SCRIPT, 2 * COIN, { preset: [{ outpoint }], feeRate: 100_000 });
    expect(wtx?.mempoolConflicts.size).toBe(1);
    expect(wtx?.inMempool).toBe(false);
    expect(balances(wallet).trusted).toBe(SUBSIDY - 2 * COIN - second.fee);
    chain.mine();
    expect(wtx?.state.type).toBe('conflicted');
  });
});

describe('transactions that are stuck', () => {
  it('give their coins back when they are abandoned', async () => {
    const { chain, wallet } = await funded();
    chain.rejectAll = true;
    const created = await send(wallet, FOREIGN_SCRIPT, COIN);
    const wtx = wallet.ledger.get(created.tx.txid);
    expect(wtx && wallet.ledger.abandon(wtx)).toBe(true);
    expect(balances(wallet).trusted).toBe(SUBSIDY);
    expect(wtx?.isAbandoned).toBe(true);
  });

  it('cannot be abandoned while the mempool has them', async () => {
    const { wallet } = await funded();
    const created = await send(wallet, FOREIGN_SCRIPT, COIN);
    const wtx = wallet.ledger.get(created.tx.txid);
    expect(wtx && wallet.ledger.abandon(wtx)).toBe(false);
  });

  it('are sent again with the parents before the children', async () => {
    const { chain, wallet } = await funded();
    const parent = await send(wallet, FOREIGN_SCRIPT, COIN);
    const child = await send(wallet, FOREIGN_SCRIPT, COIN);
    chain.evict(parent.tx, 'expiry');
    expect(wallet.ledger.get(child.tx.txid)?.state.type).toBe('inactive');
    await resubmit(wallet, true, true);
    expect(chain.isInMempool(parent.tx.txid)).toBe(true);
    expect(wallet.ledger.get(child.tx.txid)?.inMempool).toBe(true);
  });

  it('are sent again by the clock, once a block has passed over them and a day or two have gone by', async () => {
    const { chain, clock, wallet } = await funded();
    const created = await send(wallet, FOREIGN_SCRIPT, COIN);
    chain.evict(created.tx, 'expiry');
    clock.setMockTime(clock.now() + 600);
    chain.mine();
    clock.advanceScheduler(60);
    expect(chain.isInMempool(created.tx.txid)).toBe(false);
    clock.setMockTime(clock.now() + 37 * 60 * 60);
    clock.advanceScheduler(60);
    await wallet.settled();
    expect(chain.isInMempool(created.tx.txid)).toBe(true);
  });
});

describe('history', () => {
  it('shows what was sent without change, and what was received', async () => {
    const { chain, wallet } = await funded();
    const created = await send(wallet, FOREIGN_SCRIPT, COIN);
    const sent = wallet.ledger.get(created.tx.txid);
    expect(sent && historyOf(wallet, sent)).toMatchObject([
      { category: 'send', amount: -COIN, fee: -created.fee },
    ]);
    const address = await wallet.newAddress('bech32', 'rent');
    const paid = chain.pay([
      { script: await newScript(wallet), value: 5 },
      { script: FOREIGN_SCRIPT, value: 6 },
    ]);
    const received = wallet.ledger.get(paid.txid);
    expect(received && historyOf(wallet, received)).toMatchObject([
      { category: 'receive', amount: 5, label: '' },
    ]);
    expect(received && historyOf(wallet, received, { label: 'rent' })).toEqual([]);
    expect(wallet.addressBook.find(address)?.label).toBe('rent');
  });

  it('shows a payment to oneself as sent and received', async () => {
    const { wallet } = await funded();
    const created = await send(wallet, await newScript(wallet), COIN);
    const wtx = wallet.ledger.get(created.tx.txid);
    expect((wtx ? historyOf(wallet, wtx) : []).map(({ category, amount }) => [category, amount])).toEqual([
      ['send', -COIN],
      ['receive', COIN],
    ]);
  });

  it('tells how old a coinbase is', async () => {
    const { chain, wallet } = await funded();
    const wtx = wallet.ledger.inOrder()[0];
    expect(wtx && historyOf(wallet, wtx)[0]?.category).toBe('generate');
    chain.mine(1, await newScript(wallet));
    const young = wallet.ledger.inOrder()[1];
    expect(young && historyOf(wallet, young)[0]?.category).toBe('immature');
  });
});
