import { describe, expect, it } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { bytesEqual } from '../../../src/primitives/bytes.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { OUTPUT_TYPES } from '../../../src/script/output-type.js';
import { solve } from '../../../src/script/templates.js';
import { balances } from '../../../src/wallet/balance.js';
import { bumpFee } from '../../../src/wallet/spend/bump-fee.js';
import type { CoinControl } from '../../../src/wallet/spend/coin-control.js';
import { createTransaction } from '../../../src/wallet/spend/create-transaction.js';
import { SpendFailure } from '../../../src/wallet/spend/failure.js';
import type { Wallet } from '../../../src/wallet/wallet.js';
import {
  makeWallet,
  newScript,
  type SetupChanges,
  seededRandom,
  send,
  setUpWallets,
} from '../../support/wallet.js';
import { FOREIGN_SCRIPT, SUBSIDY } from '../../support/wallet-chain.js';

/** P2WPKH of nobody: 31 bytes as an output. */
const PAYEE = Uint8Array.from([0, 20, ...new Uint8Array(20).fill(7)]);

async function funded(changes: SetupChanges = {}, coins: readonly number[] = [COIN]) {
  const setup = await setUpWallets(changes);
  const wallet = await makeWallet(setup);
  setup.chain.mine(120);
  for (const value of coins) {
    setup.chain.pay([{ script: await newScript(wallet), value }]);
    setup.chain.mine();
  }
  setup.chain.mine(6);
  return { ...setup, wallet };
}

function failure(
  wallet: Wallet,
  amount: number,
  control: CoinControl = {},
  subtractFee = false,
  script = PAYEE,
) {
  const outcome = createTransaction(wallet, [{ script, amount, subtractFee }], control, {
    random: seededRandom(),
  });
  return outcome instanceof SpendFailure ? outcome.error : 'made';
}

describe('the fee', () => {
  it.each(OUTPUT_TYPES)('is exact for the size of the signed transaction that spends %s', async type => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(120);
    for (let i = 0; i < 3; i++) setup.chain.pay([{ script: await newScript(wallet, type), value: COIN }]);
    setup.chain.mine();
    const { tx, fee } = await send(wallet, PAYEE, 2.5 * COIN, { feeRate: 25_000 });
    expect(setup.chain.feeOf(tx)).toBe(fee);
    expect(tx.inputCount).toBe(3);
    // DER signatures may be a byte or two shorter than reckoned, and Schnorr signatures one: that of a hash type.
    const exact = Math.ceil(25 * tx.vsize);
    expect(fee).toBeGreaterThanOrEqual(exact);
    expect(fee - exact).toBeLessThanOrEqual(25 * 3);
  });

  it('is that of the chosen rate to the satoshi with inputs of all kinds', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(120);
    for (const type of OUTPUT_TYPES)
      setup.chain.pay([{ script: await newScript(wallet, type), value: COIN }]);
    setup.chain.mine();
    const { tx, fee } = await send(wallet, PAYEE, 3.9 * COIN, { feeRate: 10_000 });
    expect(tx.inputCount).toBe(4);
    expect(fee).toBeGreaterThanOrEqual(tx.vsize * 10);
    expect(fee).toBeLessThanOrEqual((tx.vsize + 3) * 10);
    expect(balances(wallet).trusted).toBe(4 * COIN - 3.9 * COIN - fee);
  });

  it('comes from the estimate, the fallback, settxfee or the user, and never lies below what is required', async () => {
    const { chain, wallet } = await funded();
    const rateOf = async (control: CoinControl = {}) => {
      const created = createTransaction(
        wallet,
        [{ script: PAYEE, amount: 1000, subtractFee: false }],
        control,
      );
      return created instanceof SpendFailure ? undefined : created.feeRate;
    };
    expect(await rateOf()).toEqual({ rate: 20_000, reason: 'Fallback fee' });
    chain.feeEstimate = 7000;
    expect(await rateOf()).toEqual({ rate: 7000, reason: 'Estimate' });
    chain.feeEstimate = 10;
    expect(await rateOf()).toEqual({ rate: 1000, reason: 'Mempool Min Fee' });
    wallet.payTxFee = 3000;
    expect(await rateOf()).toEqual({ rate: 3000, reason: 'PayTxFee set' });
    expect(await rateOf({ confirmTarget: 3 })).toEqual({ rate: 1000, reason: 'Mempool Min Fee' });
    expect(await rateOf({ feeRate: 5000 })).toEqual({ rate: 5000, reason: 'PayTxFee set' });
    expect(failure(wallet, 1000, { feeRate: 500 })).toBe(
      'Fee rate (0.500 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)',
    );
  });

  it('is not guessed when the fallback is off', async () => {
    const { wallet } = await funded({ options: { fallbackFee: 0 } });
    expect(failure(wallet, 1000)).toBe(
      'Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.',
    );
  });

  it('may not exceed the highest one allowed', async () => {
    const { wallet } = await funded({ options: { maxTxFee: 1000 } });
    expect(failure(wallet, 1000)).toBe('Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)');
  });
});

describe('payments that pay the fee', () => {
  it('get what is left of the amount', async () => {
    const { chain, wallet } = await funded();
    const { tx, fee } = await send(wallet, PAYEE, COIN, {}, true);
    expect(tx.outputs).toMatchObject([{ value: COIN - fee }]);
    expect(chain.feeOf(tx)).toBe(fee);
    expect(balances(wallet).trusted).toBe(0);
  });

  it('share the fee, the first taking the remainder', async () => {
    const { chain, wallet } = await funded();
    const recipients = [11, 12, 13].map(byte => ({
      script: Uint8Array.from([0, 20, ...new Uint8Array(20).fill(byte)]),
      amount: COIN / 10,
      subtractFee: byte !== 13,
    }));
    const created = createTransaction(wallet, recipients, { feeRate: 1001 }, { random: seededRandom() });
    expect(created).not.toBeInstanceOf(SpendFailure);
    if (created instanceof SpendFailure) return;
    const { tx, fee } = created;
    const amountOf = (index: number) =>
      tx.outputs.find(({ script }) => bytesEqual(script, recipients[index]?.script ?? PAYEE))?.value;
    expect(amountOf(0)).toBe(COIN / 10 - Math.floor(fee / 2) - (fee % 2));
    expect(amountOf(1)).toBe(COIN / 10 - Math.floor(fee / 2));
    expect(amountOf(2)).toBe(COIN / 10);
    expect(chain.accept(tx)).toBe(true);
    expect(chain.feeOf(tx)).toBe(fee);
  });

  it('are refused when too little would be left', async () => {
    const { wallet } = await funded();
    expect(failure(wallet, 1000, {}, true)).toBe('The transaction amount is too small to pay the fee');
    expect(failure(wallet, 3000, {}, true)).toBe(
      'The transaction amount is too small to send after the fee has been deducted',
    );
  });
});

describe('change', () => {
  it('is left out when it would not be worth its keep', async () => {
    const { wallet } = await funded();
    const { tx, fee, changePosition } = await send(wallet, PAYEE, COIN - 2300, { feeRate: 20_000 });
    expect(changePosition).toBeUndefined();
    expect(tx.outputCount).toBe(1);
    expect(fee).toBe(2300);
  });

  it('is of the kind of the payment', async () => {
    const { wallet } = await funded({}, [COIN, COIN, COIN, COIN]);
    for (const [script, kind] of [
      [PAYEE, 'witness_v0_keyhash'],
      [
        Uint8Array.from([0x51, 32, ...(await newScript(wallet, 'bech32m')).subarray(2)]),
        'witness_v1_taproot',
      ],
      [await newScript(wallet, 'legacy'), 'pubkeyhash'],
      [await newScript(wallet, 'p2sh-segwit'), 'scripthash'],
    ] as const) {
      const created = await send(wallet, script, 1000_000);
      const change = created.tx.outputs[created.changePosition ?? -1];
      expect(change && solve(change.script).type).toBe(kind);
      expect(change && wallet.isChange(change.script)).toBe(true);
    }
  });

  it('does not use up an address when nothing is made', async () => {
    const { wallet } = await funded();
    const next = () => [...wallet.keychain.all()].map(({ record }) => record.nextIndex);
    const before = next();
    expect(failure(wallet, 100 * COIN)).toBe('Insufficient funds');
    expect(next()).toEqual(before);
  });
});

describe('what is spent', () => {
  it('is never locked, unless the user names it', async () => {
    const { wallet } = await funded();
    const [coin] = wallet.ledger.ownCoins();
    expect(coin).toBeDefined();
    if (coin === undefined) return;
    const outpoint = { txid: coin.wtx.tx.txid, vout: coin.vout };
    wallet.lockCoin(outPointKey(outpoint.txid, outpoint.vout), true);
    expect(failure(wallet, 1000)).toBe('Insufficient funds');
    await send(wallet, PAYEE, 1000, { preset: [{ outpoint }] });
    expect(wallet.lockedCoins.size).toBe(0);
  });

  it('is what the user chose, and nothing else if the user says so', async () => {
    const { wallet } = await funded({}, [COIN, 2 * COIN]);
    const small = [...wallet.ledger.ownCoins()].find(({ output }) => output.value === COIN);
    const preset = [{ outpoint: { txid: small?.wtx.tx.txid ?? PAYEE, vout: small?.vout ?? 0 } }];
    expect(failure(wallet, 1.5 * COIN, { preset, allowOtherInputs: false })).toBe(
      'The preselected coins total amount does not cover the transaction target. Please allow other inputs to be automatically selected or include more coins manually',
    );
    const { tx } = await send(wallet, PAYEE, 2.5 * COIN, { preset });
    expect(tx.inputCount).toBe(2);
    expect(bytesEqual(tx.inputs[0]?.prevout.txid ?? PAYEE, small?.wtx.tx.txid ?? PAYEE)).toBe(true);
  });

  it('is confirmed, or change that has few unconfirmed ancestors', async () => {
    const { chain, wallet } = await funded();
    for (let i = 0; i < 24; i++) await send(wallet, PAYEE, 1000);
    chain.mine();
    chain.chainLimits = { ancestors: 4, descendants: 4 };
    for (let i = 0; i < 3; i++) await send(wallet, PAYEE, 1000);
    expect(failure(wallet, 1000)).toMatch(/Unconfirmed UTXOs are available|made/);
    await send(wallet, PAYEE, 1000);
    expect(failure(wallet, 1000)).toBe(
      'Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be rejected by the mempool',
    );
  });

  it('is not unconfirmed change without -spendzeroconfchange', async () => {
    const { wallet } = await funded({ options: { spendZeroConfChange: false } });
    await send(wallet, PAYEE, 1000);
    expect(failure(wallet, 1000)).toBe('Insufficient funds');
    expect(balances(wallet).trusted).toBe(0);
  });

  it('is all of an address with avoidPartialSpends', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(120);
    const script = await newScript(wallet);
    for (let i = 0; i < 4; i++) setup.chain.pay([{ script, value: COIN }]);
    setup.chain.mine();
    const { tx } = await send(wallet, PAYEE, COIN / 2, { avoidPartialSpends: true });
    expect(tx.inputCount).toBe(4);
  });

  it('is not at an address spent from before, in a wallet that avoids reuse', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup, 'careful', { avoidReuse: true });
    setup.chain.mine(120);
    const script = await newScript(wallet);
    setup.chain.pay([{ script, value: COIN }]);
    setup.chain.mine();
    await send(wallet, PAYEE, COIN, {}, true);
    setup.chain.pay([{ script, value: COIN }]);
    setup.chain.mine();
    expect(balances(wallet).trusted).toBe(0);
    expect(balances(wallet, 0, true).trusted).toBe(COIN);
    expect(failure(wallet, 1000)).toBe('Insufficient funds');
    expect(failure(wallet, 1000, { avoidAddressReuse: false })).toBe('made');
  });
});

describe('the transaction', () => {
  it('can be replaced and is good for the next block only, if the chain is up to date', async () => {
    const { chain, clock, wallet } = await funded();
    clock.setMockTime(chain.tip().time);
    const { tx } = await send(wallet, PAYEE, 1000);
    expect(tx.inputs.every(({ sequence }) => sequence === 0xfffffffd)).toBe(true);
    expect(tx.lockTime).toBeLessThanOrEqual(chain.tip().height);
    expect(tx.lockTime).toBeGreaterThan(chain.tip().height - 100);
    clock.setMockTime(chain.tip().time + 9 * 60 * 60);
    const late = await send(wallet, PAYEE, 1000, { signalRbf: false });
    expect(late.tx.lockTime).toBe(0);
    expect(late.tx.inputs.every(({ sequence }) => sequence === 0xfffffffe)).toBe(true);
  });

  it('pays no dust, and needs money', async () => {
    const { wallet } = await funded();
    expect(failure(wallet, 100)).toBe('Transaction amount too small');
    expect(failure(wallet, COIN)).toBe('Insufficient funds');
    expect(createTransaction(wallet, [], {})).toMatchObject({
      error: 'Transaction must have at least one recipient',
    });
  });

  it('is not signed by a wallet without keys', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup, 'watch', { disablePrivateKeys: true });
    expect(failure(wallet, 1000)).toBe('Insufficient funds');
  });
});

describe('raising the fee', () => {
  it('pays more from the change, and marks both transactions', async () => {
    const { chain, wallet } = await funded();
    const first = await send(wallet, PAYEE, COIN / 2);
    const { created, oldFee } = await bumpFee(wallet, { txid: first.tx.txid, control: { signalRbf: true } });
    expect(oldFee).toBe(first.fee);
    expect(created.fee).toBeGreaterThan(first.fee);
    expect(chain.isInMempool(created.tx.txid)).toBe(true);
    expect(chain.isInMempool(first.tx.txid)).toBe(false);
    expect(wallet.ledger.get(first.tx.txid)?.notes.has('replaced_by_txid')).toBe(true);
    expect(wallet.ledger.get(created.tx.txid)?.notes.has('replaces_txid')).toBe(true);
    expect(balances(wallet).trusted).toBe(COIN / 2 - created.fee);
    await expect(bumpFee(wallet, { txid: first.tx.txid, control: {} })).rejects.toThrow('already bumped');
  });

  it('takes another coin where there is no change', async () => {
    const { wallet } = await funded({}, [COIN, COIN]);
    const outpoint = { txid: [...wallet.ledger.ownCoins()][0]?.wtx.tx.txid ?? PAYEE, vout: 0 };
    const first = await send(wallet, PAYEE, COIN - 2300, { preset: [{ outpoint }] });
    expect(first.changePosition).toBeUndefined();
    const { created } = await bumpFee(wallet, { txid: first.tx.txid, control: { signalRbf: true } });
    expect(created.tx.inputCount).toBe(2);
  });

  it('is refused for what is confirmed, not replaceable or spent again', async () => {
    const { chain, wallet } = await funded({}, [COIN, COIN, COIN]);
    const final = await send(wallet, PAYEE, 1000, { signalRbf: false });
    await expect(bumpFee(wallet, { txid: final.tx.txid, control: {} })).rejects.toThrow(
      'Transaction is not BIP 125 replaceable',
    );
    chain.mine();
    await expect(bumpFee(wallet, { txid: final.tx.txid, control: {} })).rejects.toThrow(
      'Transaction has been mined, or is conflicted with a mined transaction',
    );
    await expect(bumpFee(wallet, { txid: new Uint8Array(32), control: {} })).rejects.toThrow(
      'Invalid or non-wallet transaction id',
    );
    const parent = await send(wallet, PAYEE, 1000);
    const change = { txid: parent.tx.txid, vout: parent.changePosition ?? 0 };
    await send(wallet, PAYEE, 1000, { preset: [{ outpoint: change }] });
    await expect(bumpFee(wallet, { txid: parent.tx.txid, control: {} })).rejects.toThrow(
      'Transaction has descendants in the wallet',
    );
  });

  it('refuses a feerate that would not replace', async () => {
    const { wallet } = await funded();
    const first = await send(wallet, PAYEE, 1000, { feeRate: 20_000 });
    await expect(
      bumpFee(wallet, { txid: first.tx.txid, control: { feeRate: 20_100, signalRbf: true } }),
    ).rejects.toThrow(/^Insufficient total fee/);
  });
});

describe('coinbases', () => {
  it('are spent when they are old enough', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(1, await newScript(wallet));
    setup.chain.mine(99);
    expect(failure(wallet, COIN)).toBe('Insufficient funds');
    setup.chain.mine(1, FOREIGN_SCRIPT);
    await send(wallet, PAYEE, COIN);
    expect(balances(wallet).trusted).toBeLessThan(SUBSIDY - COIN);
  });
});
