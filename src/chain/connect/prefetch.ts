import { saltedHash } from '../../crypto/salted-hash.js';
import type { Block } from '../../primitives/block.js';
import type { OutPoint } from '../../primitives/outpoint.js';

/**
 * The coins that connecting `block` reads from the database: what it spends, without what it creates itself.
 *
 * Transactions are told apart by a hash of 32 bits. Where two agree, which is rare, a coin is missing here, and read when it
 * is spent.
 */
export function coinsSpentFromOutside(block: Block): OutPoint[] {
  const created = new Set<number>();
  for (const tx of block.transactions) created.add(saltedHash(tx.txid, 0, 0));
  const outpoints: OutPoint[] = [];
  for (const tx of block.transactions.slice(1)) {
    for (let i = 0; i < tx.inputCount; i++) {
      const isInside = created.has(saltedHash(tx.source, tx.start + tx.inputStart(i), 0));
      if (!isInside) outpoints.push(tx.prevout(i));
    }
  }
  return outpoints;
}

/** The coins that disconnecting `block` removes. */
export function coinsCreated(block: Block): OutPoint[] {
  const outpoints: OutPoint[] = [];
  for (const { txid, outputCount } of block.transactions) {
    for (let vout = 0; vout < outputCount; vout++) outpoints.push({ txid, vout });
  }
  return outpoints;
}
