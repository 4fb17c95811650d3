import { setFlagsFromString } from 'node:v8';

/** What V8 begins with. */
const DEFAULT_GROWTH = 2;

/**
 * Keeps the space of young objects at the megabyte that it has at the start of a process, until {@link releaseYoungGeneration}.
 * V8 doubles it when much of what is new stays, as it does while a program loads, and gives nothing back for long: 6 MB that an
 * idle node would hold for nothing.
 */
export function holdYoungGeneration(): void {
  setGrowth(1);
  // Code that is kept at the end is good under the flags of then only, and the next process begins with V8's own.
  process.prependOnceListener('exit', releaseYoungGeneration);
}

export function releaseYoungGeneration(): void {
  setGrowth(DEFAULT_GROWTH);
}

function setGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
