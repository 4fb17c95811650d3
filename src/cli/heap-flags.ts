import { setFlagsFromString } from 'node:v8';

/** How V8 deals with memory: flags of ours that it looks at while the process runs, and its own values of them. */
const FLAGS = {
  /** Times that the space of young objects grows by, when much of what is new stays. */
  '--semi-space-growth-factor': 2,
  /** How much more than what is in use the heap may hold before garbage is collected, in percent; 0 as V8 finds best. */
  '--heap-growing-percent': 0,
} as const;

/**
 * V8 itself lets a small heap grow fourfold, in each thread. What lives long in a node is little (coins, headers and blocks are
 * no objects), what blocks leave behind is much: to collect it more often costs less than the memory that it would take.
 */
const GROWTH_PERCENT = 100;

/** Keeps the heaps of this process small. */
export function limitHeapGrowth(): void {
  setUntilExit('--heap-growing-percent', GROWTH_PERCENT);
}

/**
 * Keeps the space of young objects at the megabyte that it has at the start of a process, until {@link releaseYoungGeneration}.
 * V8 doubles it when much of what is new stays, as it does while a program loads, and gives nothing back for long: 6 MB that an
 * idle node would hold for nothing.
 */
export function holdYoungGeneration(): void {
  setUntilExit('--semi-space-growth-factor', 1);
}

export function releaseYoungGeneration(): void {
  reset('--semi-space-growth-factor');
}

/** Code that is kept at the end is good under the flags of then only, and the next process begins with V8's own. */
function setUntilExit(flag: keyof typeof FLAGS, value: number): void {
  setFlagsFromString(`${flag}=${value}`);
  process.prependOnceListener('exit', () => reset(flag));
}

function reset(flag: keyof typeof FLAGS): void {
  setFlagsFromString(`${flag}=${FLAGS[flag]}`);
}
