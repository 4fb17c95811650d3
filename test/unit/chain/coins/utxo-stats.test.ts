import { describe, expect, it } from 'vitest';
import { bogoSize, computeUtxoStats, serializeForHash } from '../../../../src/chain/coins/utxo-stats.js';
import { sha256d } from '../../../../src/crypto/hash.js';
import { publicKeyOf } from '../../../../src/crypto/keys.js';
import { MuHash3072 } from '../../../../src/crypto/muhash.js';
import { hashToHex, toHex } from '../../../../src/primitives/bytes.js';
import type { Coin } from '../../../../src/primitives/coin.js';
import { SEQUENCE_FINAL, Transaction } from '../../../../src/primitives/transaction.js';
import { coinsStoreOf } from '../../../support/snapshot.js';

const BLOCK = new Uint8Array(32).fill(1);
const coin = (changes: Partial<Coin> = {}): Coin => ({
  value: 5,
  script: Uint8Array.of(0x51),
  height: 3,
  coinbase: true,
  ...changes,
});

const storeOf = (coins: readonly (readonly [txid: Uint8Array, vout: number, coin: Coin])[]) =>
  coinsStoreOf(
    coins.map(([txid, vout, coin]) => ({ txid, vout, coin })),
    BLOCK,
  );

/** Coinbase of a regtest block of Core's test chain: 50 coins to the key 1, and the commitment of an empty block. */
function testChainCoinbase(height: number): Transaction {
  const key = publicKeyOf(Buffer.concat([new Uint8Array(31), Uint8Array.of(1)]), true);
  const heightPush =
    height <= 16 ? [0x50 + height] : height < 128 ? [1, height] : [2, height & 0xff, height >> 8];
  const commitment = sha256d(new Uint8Array(64));
  return Transaction.from({
    version: 2,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32), vout: 0xffffffff },
        scriptSig: Uint8Array.from([...heightPush, 0]),
        sequence: SEQUENCE_FINAL,
        witness: [new Uint8Array(32)],
      },
    ],
    outputs: [
      { value: 50e8, script: Buffer.concat([Uint8Array.of(33), key, Uint8Array.of(0xac)]) },
      { value: 0, script: Buffer.concat([Buffer.from('6a24aa21a9ed', 'hex'), commitment]) },
    ],
    lockTime: 0,
  });
}

describe('a coin in a hash of the set', () => {
  it('is outpoint, height and coinbase in four bytes, and the output', () => {
    const txid = new Uint8Array(32).fill(0xab);
    expect(toHex(serializeForHash({ txid, vout: 258, coin: coin() }))).toBe(
      `${toHex(txid)}0201000007000000${'0500000000000000'}0151`,
    );
  });

  it('has a size that no database changes', () => {
    expect(bogoSize(new Uint8Array(25))).toBe(75);
  });
});

describe('statistics of all coins', () => {
  it("have the hash that Core knows of its test chain's first 110 blocks", async () => {
    const coins = Array.from({ length: 110 }, (_, i) => {
      const tx = testChainCoinbase(i + 1);
      const [output] = tx.outputs;
      return [tx.txid, 0, coin({ value: 50e8, script: output?.script ?? BLOCK, height: i + 1 })] as const;
    });
    const stats = await computeUtxoStats(await storeOf(coins), 'hash_serialized_3', () => 110);
    expect(hashToHex(stats.hash ?? BLOCK)).toBe(
      '6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1',
    );
    expect(stats).toMatchObject({ height: 110, transactions: 110, outputs: 110, totalAmount: 5500e8 });
    expect(stats.bogoSize).toBe(110 * 85);
  });

  it('take the outputs of a transaction by number, not as the database sorts them', async () => {
    const txid = BLOCK;
    const vouts = [300, 3, 16_512, 128];
    const store = await storeOf(vouts.map(vout => [txid, vout, coin({ value: vout })] as const));
    const stats = await computeUtxoStats(store, 'hash_serialized_3', () => 0);
    const expected = [3, 128, 300, 16_512].map(vout =>
      serializeForHash({ txid, vout, coin: coin({ value: vout }) }),
    );
    expect(toHex(stats.hash ?? txid)).toBe(toHex(sha256d(Buffer.concat(expected))));
    expect([stats.transactions, stats.outputs]).toEqual([1, 4]);
  });

  it('have the MuHash of the coins, in any order', async () => {
    const records = Array.from({ length: 600 }, (_, i) => {
      const txid = Uint8Array.from({ length: 32 }, (_, at) => (i * (at + 3)) & 0xff);
      return { txid, vout: i, coin: coin({ value: i }) };
    });
    const store = await storeOf(records.map(({ txid, vout, coin }) => [txid, vout, coin] as const));
    const stats = await computeUtxoStats(store, 'muhash', () => 0);
    const set = new MuHash3072();
    for (const record of records) set.insert(serializeForHash(record));
    expect(toHex(stats.hash ?? BLOCK)).toBe(toHex(set.digest()));
  });

  it('can do without a hash, and without coins', async () => {
    const stats = await computeUtxoStats(await storeOf([]), 'none', () => 7);
    expect(stats).toMatchObject({ height: 7, transactions: 0, outputs: 0, totalAmount: 0, hash: undefined });
  });
});
