import type { ExportedFunction, Instance } from '../wasm/engine.js';
import { BLOCK_SIZE } from './constants.js';
import { LANES } from './four-lanes.js';
import {
  GROUP_SIZE,
  HASH_SIZE,
  LENGTH_SIZE,
  MAX_MESSAGE_SIZE,
  MAX_MESSAGES,
  MAX_RANGES,
  Memory,
  PACKED_SIZE,
  ROW_SIZE,
  SOURCE_SIZE,
} from './hash-module.js';
import type { MessageList } from './message-list.js';
import { hashMessage } from './scalar-backend.js';

/** Bytes of the longest message with its padding. */
const MAX_PADDED_SIZE = blocksOf(MAX_MESSAGE_SIZE) * BLOCK_SIZE;

/** Where the number of blocks stands in a sort key; below it is the place in the batch. */
const KEY_SHIFT = 16;

/** Hands messages to the module, as many at a time as its memory holds. */
export class MessageBatch {
  private readonly memory: Uint8Array;
  private readonly words: Int32Array;
  private readonly gather: ExportedFunction;
  private readonly hashMessages: ExportedFunction;

  /** For each message of the batch, its number of blocks and its place in `addresses`. */
  private readonly keys = new Uint32Array(MAX_MESSAGES);
  /** For each message of the batch, where it lies packed and where its hash is to go. */
  private readonly addresses = new Int32Array(MAX_MESSAGES);
  private readonly targets = new Int32Array(MAX_MESSAGES);
  private count = 0;
  private rows = 0;
  private packedEnd = 0;
  /** The part of the source that is needed. */
  private sourceStart = 0;
  private sourceEnd = 0;

  constructor(instance: Instance) {
    this.memory = new Uint8Array(instance.memory);
    this.words = new Int32Array(instance.memory);
    this.gather = instance.exported('gather');
    this.hashMessages = instance.exported('hashMessages');
  }

  /**
   * Hashes messages from `first` on, as many as fit, into their places in `hashes`.
   *
   * @returns the number of the first message that did not fit
   */
  hashFrom(messages: MessageList, first: number, hashes: Uint8Array): number {
    this.count = 0;
    this.rows = 0;
    this.packedEnd = Memory.PACKED;
    this.sourceEnd = 0;
    const alone: number[] = [];
    const last = Math.min(messages.count, first + MAX_MESSAGES);
    let next = first;
    for (; next < last; next++) {
      if (isAlone(messages, next)) alone.push(next);
      else if (!this.add(messages, next, Memory.HASHES + (next - first) * HASH_SIZE)) break;
    }
    if (this.count > 0) {
      this.run(messages.source);
      const made = this.memory.subarray(Memory.HASHES, Memory.HASHES + (next - first) * HASH_SIZE);
      hashes.set(made, first * HASH_SIZE);
    }
    for (const index of alone) hashes.set(hashMessage(messages, index), index * HASH_SIZE);
    return next;
  }

  /** Adds a message to the batch; false when there is no room for it. */
  private add({ ranges, ends }: MessageList, index: number, target: number): boolean {
    const from = ends[index - 1] ?? 0;
    const to = ends[index] as number;
    const start = ranges[from] as number;
    const end = ranges[to - 1] as number;
    if (this.count === 0) this.sourceStart = start;
    else if (start < this.sourceStart || end - this.sourceStart > SOURCE_SIZE) return false;
    if (this.packedEnd + MAX_PADDED_SIZE > Memory.PACKED + PACKED_SIZE) return false;

    const toMemory = Memory.SOURCE - this.sourceStart;
    const { words, packedEnd } = this;
    let at = packedEnd;
    let row = (Memory.ROWS + this.rows * ROW_SIZE) / 4;
    for (let i = from; i < to; i += 2) {
      const rangeStart = ranges[i] as number;
      const length = (ranges[i + 1] as number) - rangeStart;
      words[row] = toMemory + rangeStart;
      words[row + 1] = length;
      words[row + 2] = at;
      at += length;
      words[row + 3] = bigEndian((at - packedEnd) * 8);
      row += ROW_SIZE / 4;
    }
    const blocks = blocksOf(at - packedEnd);
    this.keys[this.count] = (blocks << KEY_SHIFT) | this.count;
    this.addresses[this.count] = packedEnd;
    this.targets[this.count] = target;
    this.count++;
    this.rows += (to - from) / 2;
    this.packedEnd += blocks * BLOCK_SIZE;
    this.sourceEnd = Math.max(end, this.sourceEnd);
    return true;
  }

  private run(source: Uint8Array): void {
    this.memory.set(source.subarray(this.sourceStart, this.sourceEnd), Memory.SOURCE);
    this.gather(Memory.ROWS + this.rows * ROW_SIZE);
    this.hashMessages(this.writeGroups());
  }

  /**
   * Puts messages of nearly equal length into groups, so that no lane waits long for the others.
   *
   * @returns the address behind the last group
   */
  private writeGroups(): number {
    const { keys, words, count } = this;
    keys.subarray(0, count).sort();
    let group = Memory.GROUPS / 4;
    for (let first = 0; first < count; first += LANES) {
      for (let lane = 0; lane < LANES; lane++) {
        const key = first + lane < count ? (keys[first + lane] as number) : undefined;
        const place = (key ?? 0) & ((1 << KEY_SHIFT) - 1);
        words[group + lane] = this.addresses[place] as number;
        words[group + LANES + lane] = (key ?? 0) >>> KEY_SHIFT;
        words[group + 2 * LANES + lane] = key === undefined ? NOWHERE : (this.targets[place] as number);
      }
      group += GROUP_SIZE / 4;
    }
    return group * 4;
  }
}

/** Where the hash of a lane without a message goes. */
const NOWHERE = Memory.HASHES + MAX_MESSAGES * HASH_SIZE;

/** Blocks of a message of `size` bytes with its padding: at least the end mark and the length. */
function blocksOf(size: number): number {
  return Math.floor((size + LENGTH_SIZE) / BLOCK_SIZE) + 1;
}

function bigEndian(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** True for a message that is hashed by itself, since it, or what lies between its ranges, is long. */
function isAlone({ ranges, ends }: MessageList, index: number): boolean {
  const from = ends[index - 1] ?? 0;
  const to = ends[index] as number;
  const span = (ranges[to - 1] as number) - (ranges[from] as number);
  return span > MAX_MESSAGE_SIZE || (to - from) / 2 > MAX_RANGES;
}
