import { setImmediate } from 'node:timers/promises';
import { asBuffer, compareBytes } from '../../primitives/bytes.js';
import {
  deleteSize,
  ITERATE_LOT,
  type KeyRange,
  type KeyValue,
  type KeyValueStore,
  putSize,
  type WriteBatch,
} from './kv.js';

/** Latin1 strings sort by code unit, which is the order of the bytes. */
function textOf(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

/**
 * A key-value store without a disk: for tests, and for nodes that live in a process of the lab. What was written stays
 * over `close` and `open`, so that a restart can be played; it goes with the object.
 */
export class MemoryStore implements KeyValueStore {
  private records = new Map<string, KeyValue>();
  /** A clone has the same map: it is copied before it changes. */
  private isShared = false;
  private size = 0;
  private version = {};

  constructor(readonly location = '(memory)') {}

  /** A store that holds the same now, and goes its own way from here on. */
  clone(): MemoryStore {
    const copy = new MemoryStore(this.location);
    this.isShared = true;
    copy.records = this.records;
    copy.isShared = true;
    copy.size = this.size;
    copy.version = this.version;
    return copy;
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return this.size;
  }

  get contents(): object {
    return this.version;
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  getSync(key: Uint8Array): Uint8Array | undefined {
    return this.records.get(textOf(key))?.[1].slice();
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.getSync(key);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map(key => this.getSync(key));
  }

  batch(): WriteBatch {
    return new MemoryBatch(changes => this.apply(changes));
  }

  private apply(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.version = {};
    if (this.isShared) {
      // Records are never changed in place, so that both may have them.
      this.records = new Map(this.records);
      this.isShared = false;
    }
    for (const [key, record] of changes) {
      const former = this.records.get(key);
      if (former !== undefined) this.size -= sizeOf(former);
      if (record === undefined) this.records.delete(key);
      else this.records.set(key, record);
      if (record !== undefined) this.size += sizeOf(record);
    }
  }

  async *iterate(range: KeyRange = {}): AsyncGenerator<readonly KeyValue[], void, undefined> {
    const found = this.inRange(range).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (let at = 0; at < found.length; at += ITERATE_LOT) {
      if (at > 0) await setImmediate();
      yield found.slice(at, at + ITERATE_LOT).map(([, record]) => record);
    }
  }

  async approximateSize(range: Required<KeyRange>): Promise<number> {
    if (compareBytes(range.from, range.to) >= 0) return 0;
    const sizes = this.inRange(range).map(([, [key, value]]) => putSize(key.length, value.length));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private inRange({ from, to }: KeyRange): [string, KeyValue][] {
    const first = from === undefined ? '' : textOf(from);
    const end = to === undefined ? undefined : textOf(to);
    const found: [string, KeyValue][] = [];
    for (const record of this.records) {
      if (record[0] >= first && (end === undefined || record[0] < end)) found.push(record);
    }
    return found;
  }
}

function sizeOf([key, value]: KeyValue): number {
  return key.length + value.length;
}

/** A record put, or undefined for a key deleted. */
type Change = readonly [key: string, record: KeyValue | undefined];

class MemoryBatch implements WriteBatch {
  private changes: Change[] = [];
  private estimate = 0;

  constructor(private readonly apply: (changes: readonly Change[]) => void) {}

  get byteSize(): number {
    return this.estimate;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.changes.push([textOf(key), [new Uint8Array(key), new Uint8Array(value)]]);
    this.estimate += putSize(key.length, value.length);
  }

  delete(key: Uint8Array): void {
    this.changes.push([textOf(key), undefined]);
    this.estimate += deleteSize(key.length);
  }

  async write(): Promise<void> {
    this.apply(this.changes);
    this.changes = [];
    this.estimate = 0;
  }
}
