/** One record of a store. */
export type KeyValue = readonly [key: Uint8Array, value: Uint8Array];

/** Part of the keys, in the order of their bytes. An empty range is everything. */
export interface KeyRange {
  /** First key, inclusive. */
  readonly from?: Uint8Array;
  /** First key that is not in the range any more. */
  readonly to?: Uint8Array;
}

export interface WriteOptions {
  /** Resolve only when the data are on the disk (fsync), not merely with the operating system. */
  readonly sync?: boolean;
}

/**
 * Changes that are written together or not at all. Keys and values are taken over by copy: buffers may be used again.
 * After `write` the batch is empty and can be filled anew.
 */
export interface WriteBatch {
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Bytes the changes take in LevelDB's log, by Core's estimate. */
  readonly byteSize: number;
  write(options?: WriteOptions): Promise<void>;
}

/**
 * An ordered map of bytes to bytes. All failures are {@link StoreError}s. What reads return belongs to the caller; records
 * of an iteration are only to be looked at.
 */
export interface KeyValueStore {
  /** Directory, or a name in brackets for a store in memory. For messages. */
  readonly location: string;
  open(): Promise<void>;
  close(): Promise<void>;

  getSync(key: Uint8Array): Uint8Array | undefined;
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Values in the order of the keys, with one call to the database. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  batch(): WriteBatch;
  /**
   * Records in key order, as they are when the iteration begins, in bounded lots; the event loop gets its turn between
   * two lots. A store that has {@link contents} gives the same object for a record that has not been written since, and so
   * do its clones.
   */
  iterate(range?: KeyRange): AsyncGenerator<readonly KeyValue[], void, undefined>;
  /** Bytes on disk of a range, roughly; what was written last may not be counted. */
  approximateSize(range: Required<KeyRange>): Promise<number>;
  /**
   * Stands for the records as they are: another object once they have changed, the same for clones as long as they have
   * not. For those who keep what they made of the records. Stores on a disk have none.
   */
  readonly contents?: object;
  /** Bytes that are free where the store lies. A store in memory does not say. */
  freeSpace?(): number;
}

/** Removes all records. */
export async function wipeStore(store: KeyValueStore): Promise<void> {
  for await (const lot of store.iterate()) {
    const batch = store.batch();
    for (const [key] of lot) batch.delete(key);
    await batch.write();
  }
}

/** Puts all records of one store into another. */
export async function copyStore(from: KeyValueStore, to: KeyValueStore): Promise<void> {
  for await (const lot of from.iterate()) {
    const batch = to.batch();
    for (const [key, value] of lot) batch.put(key, value);
    await batch.write();
  }
}

/**
 * Records of one lot of an iteration: large enough to make the await per lot cheap; small enough that they are gone before
 * V8 takes them for what stays, and gives the young objects of the process more memory for good.
 */
export const ITERATE_LOT = 128;

/** What a put adds to a LevelDB log record, for keys and values below 16 KiB (Core's CDBBatch). */
export function putSize(keyLength: number, valueLength: number): number {
  return 3 + (keyLength > 127 ? 1 : 0) + keyLength + (valueLength > 127 ? 1 : 0) + valueLength;
}

/** What a delete adds to a LevelDB log record. */
export function deleteSize(keyLength: number): number {
  return 2 + (keyLength > 127 ? 1 : 0) + keyLength;
}
