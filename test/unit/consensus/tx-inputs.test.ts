import { describe, expect, it } from 'vitest';
import { checkTxInputs } from '../../../src/consensus/tx-verify.js';
import { COIN, MAX_MONEY } from '../../../src/primitives/amount.js';
import type { Coin } from '../../../src/primitives/coin.js';
import { coin, input, output, transaction } from '../../support/transactions.js';

const SPEND_HEIGHT = 200;

function check(paid: number, coins: readonly (Coin | undefined)[]) {
  const inputs = coins.map((_, i) => input({}, i + 1));
  return checkTxInputs(transaction({ inputs, outputs: [output(paid)] }), coins, SPEND_HEIGHT);
}

describe('a transaction and the coins it spends', () => {
  it('leave a fee', () => {
    expect(check(7, [coin({ value: 5 }), coin({ value: 6 })])).toEqual({ fee: 4 });
    expect(check(5, [coin({ value: 5 })])).toEqual({ fee: 0 });
  });

  it('must all be there, before anything else is looked at', () => {
    const young = coin({ value: 5, coinbase: true, height: SPEND_HEIGHT });
    expect(check(1, [young, undefined])).toEqual({
      rejection: {
        result: 'missing-inputs',
        reason: 'bad-txns-inputs-missingorspent',
        debug: 'CheckTxInputs: inputs missing/spent',
      },
    });
  });

  it('must be mature if they are of a coinbase', () => {
    const mined = (depth: number) => coin({ value: 5, coinbase: true, height: SPEND_HEIGHT - depth });
    expect(check(1, [mined(100)])).toEqual({ fee: 4 });
    expect(check(1, [mined(99)])).toEqual({
      rejection: {
        result: 'premature-spend',
        reason: 'bad-txns-premature-spend-of-coinbase',
        debug: 'tried to spend coinbase at depth 99',
      },
    });
  });

  it('must be in the money range, each and in sum', () => {
    const rejection = { result: 'consensus', reason: 'bad-txns-inputvalues-outofrange', debug: '' };
    expect(check(1, [coin({ value: MAX_MONEY + 1 })])).toEqual({ rejection });
    expect(check(1, [coin({ value: -1 })])).toEqual({ rejection });
    expect(check(1, [coin({ value: MAX_MONEY }), coin({ value: 1 })])).toEqual({ rejection });
  });

  it('must leave a fee in the money range, even if outputs are negative, which other rules refuse', () => {
    expect(check(-1, [coin({ value: MAX_MONEY - 1 })])).toEqual({ fee: MAX_MONEY });
    expect(check(-1, [coin({ value: MAX_MONEY })])).toEqual({
      rejection: { result: 'consensus', reason: 'bad-txns-fee-outofrange', debug: '' },
    });
  });

  it('must pay for the outputs', () => {
    expect(check(2 * COIN, [coin({ value: 150_000_000 })])).toEqual({
      rejection: {
        result: 'consensus',
        reason: 'bad-txns-in-belowout',
        debug: 'value in (1.50) < value out (2.00)',
      },
    });
    expect(check(123_456_789, [coin({ value: 0 })])).toMatchObject({
      rejection: { debug: 'value in (0.00) < value out (1.23456789)' },
    });
  });
});
