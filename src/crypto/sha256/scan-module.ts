import type { FunctionBuilder } from '../wasm/builder/function-builder.js';
import {
  add,
  anyBit,
  atMost,
  i32,
  i32Add,
  i32Less,
  load,
  loadSplat,
  splat,
  type V128,
} from '../wasm/builder/instructions.js';
import { MemoryLayout } from '../wasm/builder/memory-layout.js';
import { ModuleBuilder } from '../wasm/builder/module-builder.js';
import { BLOCK_WORDS, INITIAL_STATE, ROUND_CONSTANTS, ROUNDS, STATE_WORDS } from './constants.js';
import {
  emitRounds,
  emitSchedule,
  emitSecondSchedule,
  LANES,
  ORIGIN,
  roundSum,
  scheduleArea,
  swapBytes,
  VECTOR_SIZE,
  type Vector,
  type WorkingWords,
  workingWords,
  writeKnownWords,
} from './four-lanes.js';
import { NONCE_WORD } from './header-words.js';
import { SECOND_BLOCK } from './second-block.js';

/**
 * A WebAssembly module that tries nonces of a block header, four at a time. What does not depend on the nonce is done
 * once a search: the first block, the first rounds of the second one and parts of its schedule. Of the second hash only
 * the word is made that tells whether the nonce may be good at all.
 */

/**
 * The last word of a hash, its most significant one as a number, is the word e after this round; what follows only moves
 * it on to h.
 */
const DECISIVE_ROUND = 60;

/** What `scan` returns when no nonce may be good. */
export const NONE = -1;

const layout = new MemoryLayout();

/**
 * What lies where in the module's memory.
 *
 * | area | bytes | content |
 * |---|---|---|
 * | `CONSTANTS`, `INITIAL` | 4 a word | the standard's constants |
 * | `LANE_NUMBERS` | a vector | 0, 1, 2, 3 |
 * | `MIDSTATE` | 4 a word | state after the header's first 64 bytes |
 * | `LIMIT` | 4 | the most significant 32 bits of the target |
 * | `FIRST`, `SECOND` | schedules | of the header's second block; of the hash that is hashed again |
 */
export const Memory = {
  CONSTANTS: layout.area(ROUNDS * 4),
  INITIAL: layout.area(STATE_WORDS * 4),
  LANE_NUMBERS: layout.area(VECTOR_SIZE),
  MIDSTATE: layout.area(STATE_WORDS * 4),
  LIMIT: layout.area(4),
  FIRST: scheduleArea(layout),
  SECOND: scheduleArea(layout),
} as const;

/** Writes the constants into the memory of a new instance. */
export function initializeMemory(memory: Int32Array): void {
  memory.set(ROUND_CONSTANTS, Memory.CONSTANTS / 4);
  memory.set(INITIAL_STATE, Memory.INITIAL / 4);
  memory.set([0, 1, 2, 3], Memory.LANE_NUMBERS / 4);
  writeKnownWords(memory, SECOND_BLOCK, Memory.SECOND);
}

/**
 * The module. It exports `scan(nonce, groups)`: the number of the first group of four nonces, counted from `nonce`, in
 * which one may be good, because the most significant word of the hash is at most `LIMIT`; or {@link NONE}.
 */
export function scanModule(): Uint8Array {
  const module = new ModuleBuilder(layout.size);
  emitScan(module.exported('scan', { parameters: 2, result: true }));
  return module.finish();
}

function emitScan(f: FunctionBuilder): void {
  const groups = f.parameter(1);
  const group = f.variable(i32(0));
  const nonces = f.variable(add(splat(f.parameter(0)), load(ORIGIN, Memory.LANE_NUMBERS)));
  const midstate = workingWords(f, word(Memory.MIDSTATE));
  const beforeNonce = emitRounds(f, midstate, i32(Memory.FIRST.words), 0, NONCE_WORD);
  f.doWhile(
    () => {
      const last = decisiveWord(f, firstHash(f, beforeNonce, nonces));
      f.when(anyBit(atMost(swapBytes(last), loadSplat(ORIGIN, Memory.LIMIT))), () => f.return(group));
      f.set(nonces, add(nonces, splat(i32(LANES))));
      f.set(group, i32Add(group, i32(1)));
    },
    i32Less(group, groups),
  );
  f.return(i32(NONE));
}

/** Hashes of the header with these nonces; `before` are the working words up to the round that the nonce comes into. */
function firstHash(f: FunctionBuilder, before: WorkingWords, nonces: Vector): readonly Vector[] {
  const nonceWord = f.variable(swapBytes(nonces));
  const block = Array.from({ length: BLOCK_WORDS }, (_, i) => (i === NONCE_WORD ? nonceWord : undefined));
  emitSchedule(f, block, Memory.FIRST, Memory.CONSTANTS);
  const state = workingWords(f, i => before[i] as Vector);
  const after = emitRounds(f, state, i32(Memory.FIRST.words), NONCE_WORD);
  return after.map((working, i) => f.variable(add(working, word(Memory.MIDSTATE)(i))));
}

/** The last word of the hashes of `hash`. */
function decisiveWord(f: FunctionBuilder, hash: readonly Vector[]): V128 {
  emitSecondSchedule(f, hash, Memory.SECOND, Memory.CONSTANTS, DECISIVE_ROUND + 1);
  const initial = word(Memory.INITIAL);
  const before = emitRounds(f, workingWords(f, initial), i32(Memory.SECOND.words), 0, DECISIVE_ROUND);
  const [, , , d] = before;
  const e = add(d, roundSum(before, load(ORIGIN, Memory.SECOND.words + VECTOR_SIZE * DECISIVE_ROUND)));
  return add(e, initial(STATE_WORDS - 1));
}

/** Words of a state in memory, the same for all lanes. */
const word = (address: number) => (index: number) => loadSplat(ORIGIN, address + 4 * index);
