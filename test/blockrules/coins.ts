import { sha256d } from '../../src/crypto/hash.js';
import type { Hash256 } from '../../src/primitives/bytes.js';
import { Writer } from '../../src/primitives/codec.js';
import { type OutPointKey, outPointFromKey, outPointKey } from '../../src/primitives/outpoint.js';
import type { Transaction, TxOutput } from '../../src/primitives/transaction.js';
import { MAX_SCRIPT_SIZE } from './constants.js';

const OP_RETURN = 0x6a;

interface ModelCoin extends TxOutput {
  readonly height: number;
  readonly coinbase: boolean;
}

/** A block as far as coins are concerned. */
interface CoinBlock {
  readonly parent: CoinBlock | undefined;
  readonly height: number;
  readonly transactions: readonly Transaction[];
}

/** The unspent outputs after a block: the plain definition, from genesis on, whose own output nobody can spend. */
function coinsAfter(tip: CoinBlock): Map<OutPointKey, ModelCoin> {
  const path: CoinBlock[] = [];
  for (let at: CoinBlock | undefined = tip; at?.parent !== undefined; at = at.parent) path.push(at);
  const coins = new Map<OutPointKey, ModelCoin>();
  for (const { transactions, height } of path.reverse()) {
    transactions.forEach((tx, index) => {
      if (index > 0) for (let i = 0; i < tx.inputCount; i++) coins.delete(tx.prevoutKey(i));
      tx.outputs.forEach((output, vout) => {
        if (isUnspendable(output.script)) return;
        coins.set(outPointKey(tx.txid, vout), { ...output, height, coinbase: index === 0 });
      });
    });
  }
  return coins;
}

function isUnspendable(script: Uint8Array): boolean {
  return script[0] === OP_RETURN || script.length > MAX_SCRIPT_SIZE;
}

/** Core's `hash_serialized_3` of the coins after a block, internal byte order. */
export function coinsHash(tip: CoinBlock): Hash256 {
  const writer = new Writer(1 << 14);
  for (const [key, coin] of [...coinsAfter(tip)].sort(byOutPoint)) {
    const { txid, vout } = outPointFromKey(key);
    writer.bytes(txid).u32(vout);
    writer.u32(coin.height * 2 + (coin.coinbase ? 1 : 0));
    writer.amount(coin.value).varBytes(coin.script);
  }
  return sha256d(writer.finish());
}

/** By the bytes of the txid, then by index. */
function byOutPoint([a]: readonly [OutPointKey, ModelCoin], [b]: readonly [OutPointKey, ModelCoin]): number {
  const [left, right] = [outPointFromKey(a), outPointFromKey(b)];
  return Buffer.compare(left.txid, right.txid) || left.vout - right.vout;
}
