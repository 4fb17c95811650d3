import { describe, expect, it } from 'vitest';
import { checkTransaction } from '../../../src/consensus/tx-check.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { NULL_INDEX } from '../../../src/primitives/outpoint.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

function refusal(tx: Transaction): string | undefined {
  const rejection = checkTransaction(tx);
  if (rejection !== undefined) expect(rejection).toMatchObject({ result: 'consensus', debug: '' });
  return rejection?.reason;
}

describe('a transaction by itself', () => {
  it('passes', () => {
    expect(refusal(transaction())).toBeUndefined();
    expect(refusal(coinbase())).toBeUndefined();
  });

  it('has inputs', () => {
    expect(refusal(transaction({ inputs: [] }))).toBe('bad-txns-vin-empty');
  });

  it('has outputs', () => {
    expect(refusal(transaction({ outputs: [] }))).toBe('bad-txns-vout-empty');
  });

  it('fits into a block, witness apart', () => {
    const size = (length: number) => transaction({ outputs: [output(0, new Uint8Array(length))] });
    const overhead = size(999_000).baseSize - 999_000;
    expect(refusal(size(1_000_000 - overhead))).toBeUndefined();
    expect(refusal(size(1_000_001 - overhead))).toBe('bad-txns-oversize');
    const witness = [new Uint8Array(1_000_001)];
    expect(refusal(transaction({ inputs: [input({ witness })] }))).toBeUndefined();
  });

  it('has outputs in the money range (CVE-2010-5139)', () => {
    const paying = (...values: number[]) => transaction({ outputs: values.map(value => output(value)) });
    expect(refusal(paying(0, MAX_MONEY))).toBeUndefined();
    expect(refusal(paying(-1))).toBe('bad-txns-vout-negative');
    expect(refusal(paying(MAX_MONEY + 1))).toBe('bad-txns-vout-toolarge');
    expect(refusal(paying(MAX_MONEY, 1))).toBe('bad-txns-txouttotal-toolarge');
  });

  it.each([2, 8, 9, 40])('spends no output twice, of %i (CVE-2018-17144)', count => {
    const { txid } = input().prevout;
    const inputs = Array.from({ length: count }, (_, vout) => input({ prevout: { txid, vout } }));
    expect(refusal(transaction({ inputs }))).toBeUndefined();
    const otherTxid = input({ prevout: { txid: new Uint8Array(32).fill(7), vout: 0 } });
    expect(refusal(transaction({ inputs: [...inputs.slice(1), otherTxid] }))).toBeUndefined();
    for (const vout of [0, count - 2]) {
      const last = input({ prevout: { txid, vout } });
      const doubled = [...inputs.slice(0, -1), last];
      expect(refusal(transaction({ inputs: doubled }))).toBe('bad-txns-inputs-duplicate');
    }
  });

  it('has a scriptSig of 2 to 100 bytes if it is a coinbase', () => {
    const sized = (size: number) => coinbase({ scriptSig: new Uint8Array(size) });
    expect(refusal(sized(1))).toBe('bad-cb-length');
    expect(refusal(sized(2))).toBeUndefined();
    expect(refusal(sized(100))).toBeUndefined();
    expect(refusal(sized(101))).toBe('bad-cb-length');
  });

  it('spends nothing null unless it is a coinbase', () => {
    const nothing = input({ prevout: { txid: ZERO_HASH, vout: NULL_INDEX } });
    expect(refusal(transaction({ inputs: [input(), nothing] }))).toBe('bad-txns-prevout-null');
    const zeroTxid = input({ prevout: { txid: ZERO_HASH, vout: 0 } });
    expect(refusal(transaction({ inputs: [input(), zeroTxid] }))).toBeUndefined();
  });
});
