import type { Output } from './compression.js';
import { Cursor, FormatError } from './cursor.js';
import { doubleSha256, hashText, hex } from './hashing.js';

export interface Input {
  /** `txid:index`, txid as people write it. */
  readonly outpoint: string;
  readonly isNull: boolean;
}

export interface Tx {
  readonly txid: string;
  readonly isCoinbase: boolean;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
}

export interface Header {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  readonly merkleRoot: string;
  readonly time: number;
}

export interface BlockData extends Header {
  readonly size: number;
  readonly txs: readonly Tx[];
}

export const HEADER_BYTES = 80;

export function readHeader(bytes: Uint8Array): Header {
  const cursor = new Cursor(bytes, 4);
  const prev = hashText(cursor.take(32));
  const merkleRoot = hashText(cursor.take(32));
  return { bytes, hash: hashText(doubleSha256(bytes)), prev, merkleRoot, time: cursor.u32() };
}

/** A block as it goes over the wire, whole. @throws FormatError also when the merkle root is another one */
export function readBlock(bytes: Uint8Array): BlockData {
  const cursor = new Cursor(bytes);
  const header = readHeader(cursor.take(HEADER_BYTES));
  const txs = cursor.list(() => readTx(cursor));
  cursor.end();
  if (merkleRoot(txs.map(tx => tx.txid)) !== header.merkleRoot) throw new FormatError('merkle root');
  return { ...header, size: bytes.length, txs };
}

/** A transaction with or without witnesses, and with at least one input. */
export function readTx(cursor: Cursor): Tx {
  const version = cursor.take(4);
  // A list of no inputs is no list, but the mark of a transaction with witnesses.
  const isMarked = cursor.bytes[cursor.at] === 0;
  if (isMarked && hex(cursor.take(2)) !== '0001') throw new FormatError('unknown flags of a transaction');
  const start = cursor.at;
  const inputs = cursor.list(() => readInput(cursor));
  const outputs = cursor.list(() => ({ value: cursor.i64(), script: cursor.prefixed() }));
  const body = cursor.bytes.subarray(start, cursor.at);
  if (isMarked) for (let left = inputs.length; left > 0; left--) cursor.list(() => cursor.prefixed());
  const txid = hashText(doubleSha256(version, body, cursor.take(4)));
  return { txid, isCoinbase: inputs.length === 1 && inputs[0]?.isNull === true, inputs, outputs };
}

const NULL_OUTPOINT = `${'00'.repeat(32)}:${0xffffffff}`;

function readInput(cursor: Cursor): Input {
  const outpoint = `${hashText(cursor.take(32))}:${cursor.u32()}`;
  cursor.prefixed();
  cursor.take(4);
  return { outpoint, isNull: outpoint === NULL_OUTPOINT };
}

function merkleRoot(txids: readonly string[]): string {
  let row = txids.map(txid => Buffer.from(txid, 'hex').reverse() as Uint8Array);
  while (row.length > 1) {
    const last = row.at(-1) as Uint8Array;
    if (row.length % 2 === 1) row.push(last);
    row = row.flatMap((left, i) => (i % 2 === 0 ? [doubleSha256(left, row[i + 1] as Uint8Array)] : []));
  }
  return row[0] === undefined ? '' : hashText(row[0]);
}
