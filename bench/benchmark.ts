import type { Report } from './report.js';

/** Measures something and reports the figures. */
export type Benchmark = (report: Report) => Promise<void>;

/** How often something is done to get a median: enough to see the spread, few enough to wait for. */
export const RUNS = 5;
