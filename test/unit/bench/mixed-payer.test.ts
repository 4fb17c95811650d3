import { describe, expect, it } from 'vitest';
import { MixedPayer } from '../../../bench/mixed-payer.js';
import { witnessCommitment } from '../../../src/consensus/witness.js';
import { coinbaseTransaction } from '../../../src/miner/block-template.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { type OutPoint, type OutPointKey, outPointKey } from '../../../src/primitives/outpoint.js';
import type { Transaction, TxOutput } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { STANDARD_SCRIPT_FLAGS } from '../../../src/script/flags.js';
import { solve } from '../../../src/script/templates.js';
import { verifySpends } from '../../../src/script/verify-spends.js';

const SHARES = 44;
const PAYMENTS = 60;

/** A coinbase, what shares it out, and payments. */
function chainOf(fee: number): { payer: MixedPayer; all: readonly Transaction[] } {
  const payer = new MixedPayer();
  const coinbase = coinbaseTransaction(1, 50e8, payer.rewardScript, witnessCommitment([]));
  const shared = payer.shareOut(coinbase, SHARES, 10_000);
  return { payer, all: [coinbase, shared, ...Array.from({ length: PAYMENTS }, () => payer.payment(fee))] };
}

function outputsOf(all: readonly Transaction[]): ReadonlyMap<OutPointKey, TxOutput> {
  return new Map(
    all.flatMap(({ txid, outputs }) =>
      outputs.map((output, vout) => [outPointKey(txid, vout), output] as const),
    ),
  );
}

const keyOf = ({ txid, vout }: OutPoint) => outPointKey(txid, vout);

describe('payments of coins of all kinds', () => {
  const { payer, all } = chainOf(1000);
  const outputs = outputsOf(all);
  const spentBy = (tx: Transaction) =>
    tx.inputs.map(({ prevout }) => defined(outputs.get(keyOf(prevout)), 'the output that is spent'));

  it('pass all checks of scripts', () => {
    const spends = all.slice(1).map(tx => ({ tx, spent: spentBy(tx), from: 0, to: tx.inputCount }));
    expect(verifySpends(spends, STANDARD_SCRIPT_FLAGS)).toBeUndefined();
  });

  it('spend no coin twice, and leave the fee', () => {
    const keys = all.slice(1).flatMap(({ inputs }) => inputs.map(({ prevout }) => keyOf(prevout)));
    expect(new Set(keys).size).toBe(keys.length);
    for (const tx of all.slice(2)) {
      const sum = (list: readonly TxOutput[]) => list.reduce((total, { value }) => total + value, 0);
      const fee = sum(spentBy(tx)) - sum(tx.outputs);
      expect(fee).toBeGreaterThanOrEqual(1000);
      expect(fee).toBeLessThan(1000 + tx.outputCount);
    }
  });

  it('spend every kind', () => {
    const kinds = new Set(all.slice(2).flatMap(tx => spentBy(tx).map(({ script }) => solve(script).type)));
    expect([...kinds].sort()).toEqual([
      'multisig',
      'pubkeyhash',
      'scripthash',
      'witness_v0_keyhash',
      'witness_v0_scripthash',
      'witness_v1_taproot',
    ]);
  });

  it('have as many signatures as are counted', () => {
    const two = new Set(['scripthash', 'witness_v0_scripthash']);
    const count = all
      .slice(1)
      .flatMap(spentBy)
      .reduce((sum, { script }) => sum + (two.has(solve(script).type) ? 2 : 1), 0);
    expect(payer.signatures).toBe(count);
  });

  it('are the same each time, and none is the same with another fee', () => {
    const ids = (fee: number) => chainOf(fee).all.map(({ txid }) => toHex(txid));
    expect(ids(1000)).toEqual(ids(1000));
    const [one, other] = [ids(1000), ids(1001)];
    expect(other.slice(0, 2)).toEqual(one.slice(0, 2));
    expect(other.slice(2).filter(id => one.includes(id))).toEqual([]);
  });
});
