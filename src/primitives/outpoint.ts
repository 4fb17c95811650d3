import { asBuffer, type Hash256, type HashKey, hashToHex } from './bytes.js';

/** Reference to one output of a transaction. */
export interface OutPoint {
  /** Transaction id, internal byte order. */
  readonly txid: Hash256;
  /** Index of the output. */
  readonly vout: number;
}

/** The index that marks a coinbase input, together with a zero txid. */
export const NULL_INDEX = 0xffffffff;

/** An outpoint as a map key: 32 bytes of txid and 4 of index, as a latin1 string. */
export type OutPointKey = string & { readonly __brand: 'OutPointKey' };

const scratch = Buffer.alloc(36);

export function outPointKey(txid: Hash256, vout: number): OutPointKey {
  scratch.set(txid, 0);
  scratch.writeUInt32LE(vout, 32);
  return scratch.toString('latin1') as OutPointKey;
}

/** The same key from the 36 bytes of a serialised outpoint, without taking it apart. */
export function outPointKeyAt(bytes: Uint8Array, offset: number): OutPointKey {
  return asBuffer(bytes).toString('latin1', offset, offset + 36) as OutPointKey;
}

export function outPointFromKey(key: OutPointKey): OutPoint {
  const bytes = Buffer.from(key, 'latin1');
  return { txid: bytes.subarray(0, 32), vout: bytes.readUInt32LE(32) };
}

/** The txid part of an outpoint key, as a hash key. */
export function outPointTxidKey(key: OutPointKey): HashKey {
  return key.slice(0, 32) as string as HashKey;
}

/** Whether the 36 bytes of a serialised outpoint are those of a coinbase input: they name no output. */
export function isNullOutPointAt(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset; at < offset + 32; at++) if (bytes[at] !== 0) return false;
  for (let at = offset + 32; at < offset + 36; at++) if (bytes[at] !== 0xff) return false;
  return true;
}

/** `txid:vout` with the txid in display order, for logs. */
export function formatOutPoint(outpoint: OutPoint): string {
  return `${hashToHex(outpoint.txid)}:${outpoint.vout}`;
}
