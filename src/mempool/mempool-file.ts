import { randomBytes } from 'node:crypto';
import { compareBytes, type Hash256 } from '../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../primitives/codec.js';
import { Transaction } from '../primitives/transaction.js';
import { defined } from '../runtime/errors.js';

/*
 * Core's mempool.dat: version; in version 2 an obfuscation key; then, obfuscated with the key from each byte's place in
 * the file: number of transactions, each with its time of entry and fee delta; fee deltas of transactions that are not
 * in; ids of transactions not announced yet.
 */

const VERSION_PLAIN = 1n;
const VERSION_OBFUSCATED = 2n;
const KEY_SIZE = 8;
const MAX_KEY_SIZE = 64;

export interface StoredTransaction {
  readonly tx: Transaction;
  /** Unix seconds of entry. */
  readonly time: number;
  readonly feeDelta: number;
}

export interface StoredDelta {
  readonly txid: Hash256;
  readonly delta: number;
}

/** All that such a file holds. */
export interface MempoolContent {
  readonly transactions: readonly StoredTransaction[];
  /** Of transactions that are not among them. */
  readonly deltas: readonly StoredDelta[];
  readonly unbroadcast: readonly Hash256[];
}

/** Where it comes from, step by step: first the transactions, then the rest in this order. */
export interface MempoolSource {
  /** Transactions that there should be. */
  readonly count: number;
  readonly hasTransaction: boolean;
  /** @throws DecodeError when it cannot be read */
  transaction(): StoredTransaction;
  deltas(): readonly StoredDelta[];
  unbroadcast(): readonly Hash256[];
}

/** From memory. */
export class HeldMempool implements MempoolSource {
  private taken = 0;

  constructor(private readonly content: MempoolContent) {}

  get count(): number {
    return this.content.transactions.length;
  }

  get hasTransaction(): boolean {
    return this.taken < this.count;
  }

  transaction(): StoredTransaction {
    return defined(this.content.transactions[this.taken++], 'transaction');
  }

  deltas(): readonly StoredDelta[] {
    return this.content.deltas;
  }

  unbroadcast(): readonly Hash256[] {
    return this.content.unbroadcast;
  }
}

/** Bytes that are gathered before they are given out, so that a large mempool is never held twice. */
const CHUNK_SIZE = 1 << 20;

/** Parts of the file in order. Ids are sorted, as in Core's maps. */
export function* encodeMempoolFile(
  { transactions, deltas, unbroadcast }: MempoolContent,
  plain: boolean,
): Generator<Uint8Array> {
  const key = plain ? undefined : randomBytes(KEY_SIZE);
  const head = new Writer().u64(plain ? VERSION_PLAIN : VERSION_OBFUSCATED);
  if (key !== undefined) head.varBytes(key);
  yield head.finish();
  let position = head.size;
  let writer = new Writer().u64(BigInt(transactions.length));
  const flush = (): Uint8Array => {
    const chunk = writer.finish();
    obfuscate(chunk, key, position);
    position += chunk.length;
    writer = new Writer();
    return chunk;
  };
  for (const { tx, time, feeDelta } of transactions) {
    writer.bytes(tx.raw).i64(BigInt(time)).amount(feeDelta);
    if (writer.size >= CHUNK_SIZE) yield flush();
  }
  writer.compactSize(deltas.length);
  for (const { txid, delta } of [...deltas].sort((a, b) => compareBytes(a.txid, b.txid)))
    writer.bytes(txid).amount(delta);
  writer.compactSize(unbroadcast.length);
  for (const txid of [...unbroadcast].sort(compareBytes)) writer.bytes(txid);
  yield flush();
}

/** Reads a file step by step: a caller may stop, or do other things, between transactions. */
export class MempoolFileReader implements MempoolSource {
  /** Transactions that the file says it holds. */
  readonly count: number;
  private readonly reader: Reader;
  private read = 0;

  /**
   * @param bytes the whole file; taken over, and changed where it was obfuscated
   * @throws DecodeError when it is no such file, or of a version not known
   */
  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    const version = reader.u64();
    if (version === VERSION_OBFUSCATED) {
      const key = Uint8Array.from(reader.varBytes(MAX_KEY_SIZE));
      obfuscate(bytes.subarray(reader.position), key, reader.position);
    } else if (version !== VERSION_PLAIN) throw new DecodeError(`unknown version ${version}`);
    this.reader = reader;
    this.count = Number(reader.u64());
  }

  get hasTransaction(): boolean {
    return this.read < this.count;
  }

  /** @throws DecodeError when the file is cut short or broken */
  transaction(): StoredTransaction {
    this.read++;
    const tx = Transaction.read(this.reader);
    const time = Number(this.reader.i64());
    // A copy: what stays in the mempool must not keep the whole file in memory.
    return { tx: Transaction.parse(Uint8Array.from(tx.raw)), time, feeDelta: this.reader.amount() };
  }

  /** After the last transaction. */
  deltas(): StoredDelta[] {
    const deltas: StoredDelta[] = [];
    for (let left = this.reader.compactSize(); left > 0; left--)
      deltas.push({ txid: Uint8Array.from(this.reader.hash()), delta: this.reader.amount() });
    return deltas;
  }

  /** After the deltas. */
  unbroadcast(): Hash256[] {
    const txids: Hash256[] = [];
    for (let left = this.reader.compactSize(); left > 0; left--)
      txids.push(Uint8Array.from(this.reader.hash()));
    return txids;
  }
}

/** Adds the key to each byte, by the byte's place in the file; twice gives the bytes back. */
function obfuscate(bytes: Uint8Array, key: Uint8Array | undefined, position: number): void {
  if (key === undefined || key.length === 0) return;
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (bytes[i] as number) ^ (key[(position + i) % key.length] as number);
}
