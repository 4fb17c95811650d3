import type { Block } from '../../primitives/block.js';
import type { HashKey } from '../../primitives/bytes.js';
import { type OutPointKey, outPointKey, outPointTxidKey } from '../../primitives/outpoint.js';

/** The coins that connecting `block` reads from the database: what it spends, without what it creates itself. */
export function coinsSpentFromOutside(block: Block): OutPointKey[] {
  const created = new Set<HashKey>();
  for (const tx of block.transactions) created.add(tx.txidKey);
  const keys: OutPointKey[] = [];
  for (const tx of block.transactions.slice(1)) {
    for (let i = 0; i < tx.inputCount; i++) {
      const key = tx.prevoutKey(i);
      if (!created.has(outPointTxidKey(key))) keys.push(key);
    }
  }
  return keys;
}

/** The coins that disconnecting `block` removes. */
export function coinsCreated(block: Block): OutPointKey[] {
  const keys: OutPointKey[] = [];
  for (const tx of block.transactions) {
    for (let vout = 0; vout < tx.outputCount; vout++) keys.push(outPointKey(tx.txid, vout));
  }
  return keys;
}
