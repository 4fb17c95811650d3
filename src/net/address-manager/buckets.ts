import { sha256d } from '../../crypto/hash.js';
import { Writer } from '../../primitives/codec.js';
import type { Endpoint } from '../address/endpoint.js';
import type { NetAddress } from '../address/net-address.js';
import { netGroup } from '../address/net-group.js';

export const TRIED_BUCKET_COUNT = 256;
export const NEW_BUCKET_COUNT = 1024;
export const BUCKET_SIZE = 64;

/** Tried buckets that the addresses of one network group can reach. */
const TRIED_BUCKETS_PER_GROUP = 8n;
/** New buckets that the addresses told by one network group can reach. */
const NEW_BUCKETS_PER_SOURCE_GROUP = 64n;

/** First 64 bits of the double SHA-256. */
function cheapHash(writer: Writer): bigint {
  return Buffer.from(sha256d(writer.finish())).readBigUInt64LE(0);
}

/**
 * Places in the tables, by hashes under a secret key: whoever floods us with addresses reaches only the few buckets of
 * his own network groups, and cannot aim within them.
 */
export class Buckets {
  /** @param key 32 random bytes */
  constructor(readonly key: Uint8Array) {}

  tried(endpoint: Endpoint): number {
    const first = cheapHash(this.writer().varBytes(endpoint.keyBytes));
    const second = this.writer()
      .varBytes(netGroup(endpoint.address))
      .u64(first % TRIED_BUCKETS_PER_GROUP);
    return Number(cheapHash(second) % BigInt(TRIED_BUCKET_COUNT));
  }

  new(endpoint: Endpoint, source: NetAddress): number {
    const sourceGroup = netGroup(source);
    const first = cheapHash(this.writer().varBytes(netGroup(endpoint.address)).varBytes(sourceGroup));
    const second = this.writer()
      .varBytes(sourceGroup)
      .u64(first % NEW_BUCKETS_PER_SOURCE_GROUP);
    return Number(cheapHash(second) % BigInt(NEW_BUCKET_COUNT));
  }

  position(endpoint: Endpoint, isNew: boolean, bucket: number): number {
    const table = (isNew ? 'N' : 'K').charCodeAt(0);
    const hash = cheapHash(this.writer().u8(table).i32(bucket).varBytes(endpoint.keyBytes));
    return Number(hash % BigInt(BUCKET_SIZE));
  }

  private writer(): Writer {
    return new Writer(128).bytes(this.key);
  }
}
