import type { FunctionBuilder } from '../wasm/builder/function-builder.js';
import {
  add,
  and,
  anyBit,
  greater,
  type I32,
  i32,
  i32Add,
  i32And,
  i32Less,
  i32Load,
  i32Store,
  i32Store8,
  load,
  loadSplat,
  splat,
  store,
  type V128,
  zeros,
} from '../wasm/builder/instructions.js';
import { MemoryLayout } from '../wasm/builder/memory-layout.js';
import { ModuleBuilder } from '../wasm/builder/module-builder.js';
import {
  BLOCK_SIZE,
  BLOCK_WORDS,
  END_MARK,
  INITIAL_STATE,
  ROUND_CONSTANTS,
  ROUNDS,
  STATE_WORDS,
} from './constants.js';
import {
  emitRounds,
  emitSchedule,
  emitSecondSchedule,
  LANES,
  ORIGIN,
  scheduleArea,
  swapBytes,
  transpose,
  VECTOR_SIZE,
  type Vector,
  workingWords,
  writeKnownWords,
} from './four-lanes.js';
import { SECOND_BLOCK } from './second-block.js';

/**
 * A WebAssembly module that hashes many messages, four at a time: SHA-256d of pairs of hashes (a level of a merkle tree),
 * and of messages of any lengths that are gathered from ranges of one source (transactions with and without witness).
 */

/** Bytes of a hash. */
export const HASH_SIZE = 32;

/** Bytes of the length at the end of a message's last block. */
export const LENGTH_SIZE = 8;

/** Messages that one call of `hashMessages` takes. */
export const MAX_MESSAGES = 1024;

/** Ranges of one message: three for a transaction without its witness, and one more. */
export const MAX_RANGES = 4;
const MAX_ROWS = MAX_RANGES * MAX_MESSAGES;

/**
 * Bytes of one message at most. For longer ones `node:crypto` is as fast on a processor without instructions for SHA-256,
 * and faster on others.
 */
export const MAX_MESSAGE_SIZE = 4096;

/** Bytes of a row of {@link Memory.ROWS} and {@link Memory.GROUPS}. */
export const ROW_SIZE = 16;
export const GROUP_SIZE = 48;

/** Bytes of the areas for a part of a block and for its messages with padding: both stay in the processor's cache. */
export const SOURCE_SIZE = 256 * 1024;
export const PACKED_SIZE = 320 * 1024;

/** Bytes that copying may write or read beyond an end: a vector at a time, and five vectors of zeros. */
const OVERRUN = 5 * VECTOR_SIZE;

const layout = new MemoryLayout();

/**
 * What lies where in the module's memory.
 *
 * | area | bytes | content |
 * |---|---|---|
 * | `CONSTANTS`, `INITIAL` | 4 a word | the standard's constants |
 * | `STATE` | 8 vectors | word i of the states of four messages |
 * | `ACTIVE` | a vector | ones in lanes whose message goes on, zeros in lanes where it has ended |
 * | `FIRST`, `SECOND`, `PAIR_END` | schedules | of a block of messages; of their hashes; of the padding behind 64 bytes |
 * | `ROWS` | 16 a row | ranges to gather: address in `SOURCE`, length, address in `PACKED`, bits of the message (big-endian) |
 * | `GROUPS` | 48 a group | four addresses in `PACKED`, four numbers of blocks, four addresses for the hashes |
 * | `HASHES` | 32 a hash | results, and one place more, for lanes without a message |
 * | `SOURCE` | `SOURCE_SIZE` | a part of the source |
 * | `PACKED` | `PACKED_SIZE` | messages, each padded to whole blocks; also the pairs. Behind it room for the longest message: lanes are read on until the longest of their group ends |
 */
export const Memory = {
  CONSTANTS: layout.area(ROUNDS * 4),
  INITIAL: layout.area(HASH_SIZE),
  STATE: layout.area(STATE_WORDS * VECTOR_SIZE),
  ACTIVE: layout.area(VECTOR_SIZE),
  FIRST: scheduleArea(layout),
  SECOND: scheduleArea(layout),
  PAIR_END: scheduleArea(layout),
  ROWS: layout.area(MAX_ROWS * ROW_SIZE),
  GROUPS: layout.area((MAX_MESSAGES / LANES) * GROUP_SIZE),
  HASHES: layout.area((MAX_MESSAGES + 1) * HASH_SIZE),
  SOURCE: layout.area(SOURCE_SIZE + OVERRUN),
  PACKED: layout.area(PACKED_SIZE + MAX_MESSAGE_SIZE + OVERRUN),
} as const;

/** The block behind a message of 64 bytes: end mark, zeros, 512 bits. */
const PAIR_END_BLOCK = Array.from({ length: BLOCK_WORDS }, (_, i) =>
  i === 0 ? END_MARK : i === BLOCK_WORDS - 1 ? BLOCK_SIZE * 8 : 0,
);

/** Writes the constants into the memory of a new instance. */
export function initializeMemory(memory: Int32Array): void {
  memory.set(ROUND_CONSTANTS, Memory.CONSTANTS / 4);
  memory.set(INITIAL_STATE, Memory.INITIAL / 4);
  writeKnownWords(memory, SECOND_BLOCK, Memory.SECOND);
  writeKnownWords(memory, PAIR_END_BLOCK, Memory.PAIR_END);
}

/**
 * The module. It exports:
 *
 * - `gather(end)`: packs the messages that the rows from `ROWS` to the address `end` describe
 * - `hashMessages(end)`: hashes the messages that the groups from `GROUPS` to `end` describe
 * - `hashPairs(count)`: hashes `4 · count` pairs in `PACKED`, and puts the hashes in their place, from the start
 */
export function hashModule(): Uint8Array {
  const module = new ModuleBuilder(layout.size);
  const compress = module.function({ parameters: 1 });
  emitCompress(compress);
  const finish = module.function({ parameters: LANES });
  emitFinish(finish);
  emitGather(module.exported('gather', { parameters: 1 }));
  emitHashMessages(module.exported('hashMessages', { parameters: 1 }), compress, finish);
  emitHashPairs(module.exported('hashPairs', { parameters: 1 }), compress, finish);
  return module.finish();
}

/** compress(schedule): takes the blocks whose schedule is at that address into the states of the active lanes. */
function emitCompress(f: FunctionBuilder): void {
  const schedule = f.parameter(0);
  const before = (i: number) => load(ORIGIN, Memory.STATE + VECTOR_SIZE * i);
  const after = emitRounds(f, workingWords(f, before), schedule);
  const active = f.variable(load(ORIGIN, Memory.ACTIVE));
  for (const [i, word] of after.entries()) {
    f.run(store(ORIGIN, add(before(i), and(word, active)), Memory.STATE + VECTOR_SIZE * i));
  }
}

/** finish(to0, to1, to2, to3): hashes the four hashes in `STATE` again and writes the results to these addresses. */
function emitFinish(f: FunctionBuilder): void {
  const first = workingWords(f, i => load(ORIGIN, Memory.STATE + VECTOR_SIZE * i));
  emitSecondSchedule(f, first, Memory.SECOND, Memory.CONSTANTS);
  const after = emitRounds(f, workingWords(f, initialWord), i32(Memory.SECOND.words));
  const second = workingWords(f, i => swapBytes(add(after[i] as Vector, initialWord(i))));
  const [a, b, c, d, ...others] = second;
  for (const [half, quad] of [[a, b, c, d] as const, others].entries()) {
    for (const [lane, row] of transpose(f, quad).entries()) {
      f.run(store(f.parameter(lane), row, VECTOR_SIZE * half));
    }
  }
}

function initialWord(index: number): V128 {
  return loadSplat(ORIGIN, Memory.INITIAL + 4 * index);
}

/** Sets the states of all lanes to what they are before the first block. */
function emitReset(f: FunctionBuilder): void {
  for (let i = 0; i < STATE_WORDS; i++) f.run(store(ORIGIN, initialWord(i), Memory.STATE + VECTOR_SIZE * i));
}

/** Writes the schedule of the four blocks that begin at `addresses`. */
function emitFirstSchedule(f: FunctionBuilder, addresses: readonly I32[]): void {
  const words: Vector[] = [];
  for (let offset = 0; offset < BLOCK_SIZE; offset += VECTOR_SIZE) {
    const row = (lane: number) => f.variable(swapBytes(load(addresses[lane] as I32, offset)));
    words.push(...transpose(f, [row(0), row(1), row(2), row(3)]));
  }
  emitSchedule(f, words, Memory.FIRST, Memory.CONSTANTS);
}

/** Behind a range comes the padding of a message that ends there; the next range of the same message overwrites it. */
function emitGather(f: FunctionBuilder): void {
  const end = f.parameter(0);
  const row = f.variable(i32(Memory.ROWS));
  const [from, to, stop] = [f.local('i32'), f.local('i32'), f.local('i32')];
  f.doWhile(
    () => {
      f.set(from, i32Load(row, 0));
      f.set(to, i32Load(row, 8));
      f.set(stop, i32Add(to, i32Load(row, 4)));
      f.doWhile(
        () => {
          f.run(store(to, load(from)));
          f.set(from, i32Add(from, i32(VECTOR_SIZE)));
          f.set(to, i32Add(to, i32(VECTOR_SIZE)));
        },
        i32Less(to, stop),
      );
      for (let offset = 0; offset < OVERRUN; offset += VECTOR_SIZE) f.run(store(stop, zeros(), offset));
      f.run(i32Store8(stop, i32(END_MARK >>> 24)));
      const lastBlock = i32And(i32Add(stop, i32(LENGTH_SIZE)), i32(-BLOCK_SIZE));
      f.run(i32Store(lastBlock, i32Load(row, 12), BLOCK_SIZE - 4));
      f.set(row, i32Add(row, i32(ROW_SIZE)));
    },
    i32Less(row, end),
  );
}

function emitHashMessages(f: FunctionBuilder, compress: FunctionBuilder, finish: FunctionBuilder): void {
  const end = f.parameter(0);
  const group = f.variable(i32(Memory.GROUPS));
  const addresses = Array.from({ length: LANES }, () => f.local('i32'));
  const blocksLeft = f.local('v128');
  f.doWhile(
    () => {
      for (const [lane, address] of addresses.entries()) f.set(address, i32Load(group, 4 * lane));
      f.set(blocksLeft, load(group, VECTOR_SIZE));
      emitReset(f);
      f.doWhile(
        () => {
          f.run(store(ORIGIN, greater(blocksLeft, zeros()), Memory.ACTIVE));
          emitFirstSchedule(f, addresses);
          f.call(compress, i32(Memory.FIRST.words));
          for (const address of addresses) f.set(address, i32Add(address, i32(BLOCK_SIZE)));
          f.set(blocksLeft, add(blocksLeft, splat(i32(-1))));
        },
        anyBit(greater(blocksLeft, zeros())),
      );
      f.call(finish, ...addresses.map((_, lane) => i32Load(group, 2 * VECTOR_SIZE + 4 * lane)));
      f.set(group, i32Add(group, i32(GROUP_SIZE)));
    },
    i32Less(group, end),
  );
}

function emitHashPairs(f: FunctionBuilder, compress: FunctionBuilder, finish: FunctionBuilder): void {
  const groupsLeft = f.parameter(0);
  const from = f.variable(i32(Memory.PACKED));
  const to = f.variable(i32(Memory.PACKED));
  const lanesFrom = (base: I32, size: number) =>
    Array.from({ length: LANES }, (_, lane) => i32Add(base, i32(size * lane)));
  f.run(store(ORIGIN, splat(i32(-1)), Memory.ACTIVE));
  f.doWhile(() => {
    emitReset(f);
    emitFirstSchedule(f, lanesFrom(from, BLOCK_SIZE));
    f.call(compress, i32(Memory.FIRST.words));
    f.call(compress, i32(Memory.PAIR_END.words));
    f.call(finish, ...lanesFrom(to, HASH_SIZE));
    f.set(from, i32Add(from, i32(LANES * BLOCK_SIZE)));
    f.set(to, i32Add(to, i32(LANES * HASH_SIZE)));
    f.set(groupsLeft, i32Add(groupsLeft, i32(-1)));
  }, groupsLeft);
}
