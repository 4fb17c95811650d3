import { readTx } from './block.js';
import { Cursor, FormatError } from './cursor.js';
import { xor } from './flat-files.js';
import { doubleSha256, hashText, hex } from './hashing.js';

export interface MempoolFile {
  readonly version: bigint;
  readonly key: Uint8Array;
  readonly transactions: readonly { readonly txid: string; readonly time: bigint; readonly delta: bigint }[];
  /** Fee deltas of transactions that are not there. */
  readonly deltas: ReadonlyMap<string, bigint>;
  readonly unbroadcast: readonly string[];
}

/** mempool.dat, version 2. */
export function readMempoolFile(bytes: Uint8Array): MempoolFile {
  const head = new Cursor(bytes);
  const version = head.u64();
  if (version !== 2n) throw new FormatError(`version ${version}`);
  const key = head.prefixed();
  const plain = Uint8Array.from(bytes);
  plain.set(xor(bytes.subarray(head.at), key, head.at), head.at);
  const cursor = new Cursor(plain, head.at);
  const transactions = Array.from({ length: Number(cursor.u64()) }, () => ({
    txid: readTx(cursor).txid,
    time: cursor.i64(),
    delta: cursor.i64(),
  }));
  const deltas = cursor.list((): [string, bigint] => [hashText(cursor.take(32)), cursor.i64()]);
  const unbroadcast = cursor.list(() => hashText(cursor.take(32)));
  cursor.end();
  return { version, key, transactions, deltas: new Map(deltas), unbroadcast };
}

/** An address of BIP155 on the disk. */
export interface KnownAddress {
  readonly time: number;
  readonly services: number;
  /** Number of the network and bytes, in hex. */
  readonly host: string;
  readonly port: number;
  /** Who told of it. */
  readonly source: string;
  readonly lastSuccess: bigint;
  readonly attempts: number;
}

export interface PeersFile {
  readonly format: number;
  readonly compatible: number;
  readonly key: Uint8Array;
  readonly inNew: readonly KnownAddress[];
  readonly tried: readonly KnownAddress[];
  /** Indexes into {@link inNew}, by bucket. */
  readonly buckets: readonly (readonly number[])[];
  readonly asMapChecksum: string;
}

/** What stands before each address: the version of the form, with the bit that says BIP155. */
const DISK_VERSION = 220_000 + 2 ** 29;

/** peers.dat, format 4. */
export function readPeersFile(bytes: Uint8Array, magic: string): PeersFile {
  const data = bytes.subarray(0, bytes.length - 32);
  if (hex(data.subarray(0, 4)) !== magic) throw new FormatError('magic of another network');
  if (hex(doubleSha256(data)) !== hex(bytes.subarray(data.length))) throw new FormatError('checksum');
  const cursor = new Cursor(data, 4);
  const format = cursor.u8();
  const compatible = cursor.u8() - 32;
  const key = cursor.take(32);
  const [newCount, triedCount] = [cursor.i32(), cursor.i32()];
  const bucketCount = cursor.i32() - 2 ** 30;
  const inNew = Array.from({ length: newCount }, () => readAddress(cursor));
  const tried = Array.from({ length: triedCount }, () => readAddress(cursor));
  const buckets = Array.from({ length: bucketCount }, () =>
    Array.from({ length: cursor.i32() }, () => cursor.i32()),
  );
  const asMapChecksum = hex(cursor.take(32));
  cursor.end();
  return { format, compatible, key, inNew, tried, buckets, asMapChecksum };
}

function readAddress(cursor: Cursor): KnownAddress {
  if (cursor.u32() !== DISK_VERSION) throw new FormatError('unknown form of an address');
  const [time, services] = [cursor.u32(), cursor.compactSize()];
  const [host, port] = [readHost(cursor), cursor.u16BigEndian()];
  const source = readHost(cursor);
  return { time, services, host, port, source, lastSuccess: cursor.i64(), attempts: cursor.i32() };
}

function readHost(cursor: Cursor): string {
  const network = cursor.u8();
  return `${network}:${hex(cursor.prefixed())}`;
}

export interface FeeStats {
  readonly decay: number;
  readonly scale: number;
  readonly averages: readonly number[];
  readonly counts: readonly number[];
  readonly confirmed: readonly (readonly number[])[];
  readonly failed: readonly (readonly number[])[];
}

export interface FeeEstimatesFile {
  readonly neededVersion: number;
  readonly writtenBy: number;
  readonly bestHeight: number;
  readonly first: number;
  readonly last: number;
  readonly buckets: readonly number[];
  /** Of the medium, the short and the long horizon. */
  readonly stats: readonly FeeStats[];
}

/** fee_estimates.dat. */
export function readFeeEstimatesFile(bytes: Uint8Array): FeeEstimatesFile {
  const cursor = new Cursor(bytes);
  const doubles = () => cursor.list(() => cursor.double());
  const [neededVersion, writtenBy, bestHeight] = [cursor.i32(), cursor.i32(), cursor.u32()];
  const [first, last] = [cursor.u32(), cursor.u32()];
  const buckets = doubles();
  const stats = Array.from({ length: 3 }, () => ({
    decay: cursor.double(),
    scale: cursor.u32(),
    averages: doubles(),
    counts: doubles(),
    confirmed: cursor.list(doubles),
    failed: cursor.list(doubles),
  }));
  cursor.end();
  return { neededVersion, writtenBy, bestHeight, first, last, buckets, stats };
}
