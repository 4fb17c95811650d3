import { networkForMagic } from '../../consensus/networks.js';
import type { ChainParams } from '../../consensus/params.js';
import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';

/*
 * A file of unspent outputs, as Core 28 writes and reads it:
 *
 *   'utxo' 0xff                            5 bytes
 *   version 2                              2, little-endian
 *   magic of the network                   4
 *   hash of the block they are as after   32
 *   number of coins                        8, little-endian
 *
 * and for every transaction with unspent outputs, in the order of the coins database: txid, CompactSize of their number,
 * and for each its index as CompactSize and the coin as the database has it. Nothing comes after the last.
 */
const SNAPSHOT_MAGIC = Uint8Array.of(0x75, 0x74, 0x78, 0x6f, 0xff);
const SNAPSHOT_VERSION = 2;

/** Bytes of all that comes before the coins. */
export const SNAPSHOT_HEADER_SIZE = 51;

/** What a snapshot says of itself. Not to be believed before it is checked. */
export interface SnapshotMetadata {
  readonly baseHash: Hash256;
  readonly coinsCount: number;
}

export function encodeSnapshotHeader(
  magic: Uint8Array,
  { baseHash, coinsCount }: SnapshotMetadata,
): Uint8Array {
  return new Writer(SNAPSHOT_HEADER_SIZE)
    .bytes(SNAPSHOT_MAGIC)
    .u16(SNAPSHOT_VERSION)
    .bytes(magic)
    .bytes(baseHash)
    .u64(BigInt(coinsCount))
    .finish();
}

/** @throws DecodeError in Core's words, when it is no snapshot of this network that we can read */
export function decodeSnapshotHeader(bytes: Uint8Array, params: ChainParams): SnapshotMetadata {
  const reader = new Reader(bytes);
  const take = (length: number) => {
    if (reader.remaining < length) throw new DecodeError('AutoFile::read: end of file');
    return reader.take(length);
  };
  if (!bytesEqual(take(SNAPSHOT_MAGIC.length), SNAPSHOT_MAGIC)) {
    throw new DecodeError(
      'Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you are using an outdated snapshot format.',
    );
  }
  const version = new Reader(take(2)).u16();
  if (version !== SNAPSHOT_VERSION) {
    throw new DecodeError(`Version of snapshot ${version} does not match any of the supported versions.`);
  }
  checkNetwork(take(4), params);
  const baseHash = Buffer.from(take(32));
  return { baseHash, coinsCount: Number(new Reader(take(8)).u64()) };
}

function checkNetwork(magic: Uint8Array, params: ChainParams): void {
  if (bytesEqual(magic, params.magic)) return;
  const name = networkForMagic(magic);
  throw new DecodeError(
    name === undefined
      ? 'This snapshot has been created for an unrecognized network. This could be a custom signet, a new testnet or possibly caused by data corruption.'
      : `The network of the snapshot (${name}) does not match the network of this node (${params.name}).`,
  );
}
