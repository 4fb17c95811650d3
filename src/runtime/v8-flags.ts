import { setFlagsFromString } from 'node:v8';

/** Flags of V8 that it looks at while the process runs, with its own values of them. Code that it compiles depends on them. */
export const FLAGS = {
  /** Times that the space of young objects grows by, when much of what is new stays. */
  '--semi-space-growth-factor': 2,
  /** How much more than what is in use the heap may hold before garbage is collected, in percent; 0 as V8 finds best. */
  '--heap-growing-percent': 0,
  /** How much of that has come when marking of what is in use begins, in percent; 0 for all of it. */
  '--incremental-marking-hard-trigger': 0,
  /** Bytes of bytecode that a function runs, over and over, between two looks at whether to optimize it. */
  '--interrupt-budget': 66 * 1024,
} as const;

type Flag = keyof typeof FLAGS;

/** Those that are not V8's own. */
const chosen = new Map<Flag, number>();

/**
 * V8 itself lets a small heap grow fourfold, in each thread. What lives long in a node is little (coins, headers and blocks are
 * no objects), what blocks leave behind is much: to collect it more often costs less than the memory that it would take.
 */
const GROWTH_PERCENT = 200;

/** The same for a node that is to take little memory. */
const FRUGAL_GROWTH_PERCENT = 50;

/**
 * However small a heap is, V8 lets it grow by 8 MB, in each thread; and more comes until marking is done, which is short of
 * processors while blocks are checked. To begin after a quarter of that takes some more time.
 */
const FRUGAL_TRIGGER_PERCENT = 25;

/**
 * A node does most of its work in bursts, such as a block or some hundred calls: code that is optimized only at their end is
 * optimized for nobody.
 */
const OPTIMIZING_BUDGET = 40_000;

/** Lets functions be optimized sooner than V8 itself would. */
export function optimizeSooner(): void {
  choose('--interrupt-budget', OPTIMIZING_BUDGET);
}

/**
 * Has young objects collected by the thread that made them alone, which takes some milliseconds: while scripts are checked, to wait
 * until V8's other threads have had a processor takes longer. No code depends on this flag.
 */
export function collectAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
}

/** Keeps the heaps of this process small. */
export function limitHeapGrowth(): void {
  choose('--heap-growing-percent', GROWTH_PERCENT);
}

/**
 * Keeps the space of young objects at the megabyte that it has at the start of a process, until {@link releaseYoungGeneration}.
 * V8 doubles it when much of what is new stays, as it does while a program loads, and gives nothing back for long: 6 MB that an
 * idle node would hold for nothing.
 */
export function holdYoungGeneration(): void {
  choose('--semi-space-growth-factor', 1);
}

export function releaseYoungGeneration(): void {
  reset('--semi-space-growth-factor');
}

/** Keeps the heaps smaller still: garbage is collected more often, and to connect blocks takes some more time. */
export function saveMemory(): void {
  choose('--heap-growing-percent', FRUGAL_GROWTH_PERCENT);
  choose('--incremental-marking-hard-trigger', FRUGAL_TRIGGER_PERCENT);
  holdYoungGeneration();
}

/** Milliseconds after which a thread that was started has a heap. */
const HEAP_OF_THREAD_MS = 20;

/**
 * For who has just started a thread. With its heap V8 sets the growth of young objects back to its own, for all threads, and one
 * that was held makes use of that at once: this one waits until it can be set again.
 */
export function keepFlags(): void {
  if (!chosen.has('--semi-space-growth-factor')) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HEAP_OF_THREAD_MS);
  for (const [flag, value] of chosen) setFlagsFromString(`${flag}=${value}`);
}

/** Code that is kept at the end is good under the flags of then only, and the next process begins with V8's own. */
function choose(flag: Flag, value: number): void {
  if (!chosen.has(flag)) process.prependOnceListener('exit', () => reset(flag));
  chosen.set(flag, value);
  setFlagsFromString(`${flag}=${value}`);
}

function reset(flag: Flag): void {
  chosen.delete(flag);
  setFlagsFromString(`${flag}=${FLAGS[flag]}`);
}
