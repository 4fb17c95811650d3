import { createHash } from 'node:crypto';
import type { Block } from '../../src/primitives/block.js';
import type { Coin } from '../../src/primitives/coin.js';
import { type OutPointKey, outPointKey } from '../../src/primitives/outpoint.js';
import { coinText } from './chain-coins.js';

/** Unspent outputs by their key. */
export type NaiveCoins = Map<OutPointKey, Coin>;

/** Outputs that can never be spent are not kept: OP_RETURN in front, or a script of more than 10,000 bytes. */
function canBeSpent(script: Uint8Array): boolean {
  return script[0] !== 0x6a && script.length <= 10_000;
}

/** Coins after a path of blocks, from height 1 on: the definition, without any shortcut. */
export function naiveCoins(path: readonly Block[]): NaiveCoins {
  const coins: NaiveCoins = new Map();
  path.forEach((block, index) => {
    for (const tx of block.transactions) {
      if (!tx.isCoinbase) for (let i = 0; i < tx.inputCount; i++) coins.delete(tx.prevoutKey(i));
      tx.outputs.forEach(({ value, script }, vout) => {
        if (!canBeSpent(script)) return;
        coins.set(outPointKey(tx.txid, vout), { value, script, height: index + 1, coinbase: tx.isCoinbase });
      });
    }
  });
  return coins;
}

/** One line for each coin, in order of the keys: two sets are the same exactly when these are. */
export function coinLines(coins: NaiveCoins): string[] {
  return [...coins]
    .map(([key, coin]) => `${Buffer.from(key, 'latin1').toString('hex')} ${coinText(coin)}`)
    .sort();
}

/** Core's hash_serialized_3 as it is documented, as internal bytes in hex: coins in order of txid and index. */
export function naiveUtxoHash(coins: NaiveCoins): string {
  const records = [...coins].map(([key, coin]) => {
    const outpoint = Buffer.from(key, 'latin1');
    return { txid: outpoint.subarray(0, 32), vout: outpoint.readUInt32LE(32), coin };
  });
  records.sort((a, b) => Buffer.compare(a.txid, b.txid) || a.vout - b.vout);
  const hash = createHash('sha256');
  for (const { txid, vout, coin } of records) {
    const numbers = Buffer.alloc(16);
    numbers.writeUInt32LE(vout, 0);
    numbers.writeUInt32LE(coin.height * 2 + Number(coin.coinbase), 4);
    numbers.writeBigUInt64LE(BigInt(coin.value), 8);
    const { length } = coin.script;
    const size = length < 0xfd ? [length] : [0xfd, length & 0xff, length >> 8];
    hash.update(Buffer.concat([txid, numbers, Buffer.from(size), coin.script]));
  }
  return createHash('sha256').update(hash.digest()).digest('hex');
}
