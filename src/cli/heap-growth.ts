import { setFlagsFromString } from 'node:v8';

/**
 * How much more than what is in use the heap may hold before garbage is collected, in percent. V8 itself lets a small heap grow
 * fourfold, in each thread. What lives long in a node is little (coins, headers and blocks are no objects), what blocks leave
 * behind is much: to collect it more often costs less than the memory that it would take.
 */
const GROWTH_PERCENT = 100;

/** V8's own: as it finds best. */
const DEFAULT_PERCENT = 0;

/** Keeps the heaps of this process small. */
export function limitHeapGrowth(): void {
  setGrowth(GROWTH_PERCENT);
  // Code that is kept at the end is good under the flags of then only, and the next process begins with V8's own.
  process.prependOnceListener('exit', () => setGrowth(DEFAULT_PERCENT));
}

function setGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
