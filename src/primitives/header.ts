import { sha256d } from '../crypto/hash.js';
import { type Hash256, type HashKey, hashKey } from './bytes.js';
import { DecodeError, type Reader, Writer } from './codec.js';
import { addWhole, hashTogether } from './hash-together.js';

export const HEADER_SIZE = 80;

/** Where fields begin in the serialised header. */
export const VERSION_AT = 0;
export const PREV_HASH_AT = 4;
const MERKLE_ROOT_AT = 36;
export const TIME_AT = 68;
export const BITS_AT = 72;
export const NONCE_AT = 76;

export interface HeaderFields {
  /** Signed 32 bits. */
  readonly version: number;
  readonly prevHash: Hash256;
  readonly merkleRoot: Hash256;
  /** Unix seconds. */
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
  readonly nonce: number;
}

/** A block header over its 80 bytes. Immutable. */
export class BlockHeader implements HeaderFields {
  private readonly view: DataView;
  private cachedHash: Hash256 | undefined;
  private cachedKey: HashKey | undefined;

  constructor(readonly raw: Uint8Array) {
    if (raw.length !== HEADER_SIZE) throw new DecodeError('block header is not 80 bytes');
    this.view = new DataView(raw.buffer, raw.byteOffset, HEADER_SIZE);
  }

  get source(): Uint8Array {
    return this.raw;
  }

  get start(): number {
    return 0;
  }

  get end(): number {
    return HEADER_SIZE;
  }

  static read(reader: Reader): BlockHeader {
    return new BlockHeader(reader.take(HEADER_SIZE));
  }

  /** Makes the hashes of all headers together: for those of one message, which lie in one memory. */
  static makeHashes(headers: readonly BlockHeader[]): void {
    const hashes = hashTogether(headers, addWhole);
    for (const [i, header] of headers.entries()) header.cachedHash = hashes[i];
  }

  static from(fields: HeaderFields): BlockHeader {
    const writer = new Writer(HEADER_SIZE)
      .i32(fields.version)
      .bytes(fields.prevHash)
      .bytes(fields.merkleRoot)
      .u32(fields.time)
      .u32(fields.bits)
      .u32(fields.nonce);
    return new BlockHeader(writer.finish());
  }

  get version(): number {
    return this.view.getInt32(VERSION_AT, true);
  }

  get prevHash(): Hash256 {
    return this.raw.subarray(PREV_HASH_AT, MERKLE_ROOT_AT);
  }

  get merkleRoot(): Hash256 {
    return this.raw.subarray(MERKLE_ROOT_AT, TIME_AT);
  }

  get time(): number {
    return this.view.getUint32(TIME_AT, true);
  }

  get bits(): number {
    return this.view.getUint32(BITS_AT, true);
  }

  get nonce(): number {
    return this.view.getUint32(NONCE_AT, true);
  }

  /** Block id, internal byte order. */
  get hash(): Hash256 {
    this.cachedHash ??= sha256d(this.raw);
    return this.cachedHash;
  }

  get key(): HashKey {
    this.cachedKey ??= hashKey(this.hash);
    return this.cachedKey;
  }
}
