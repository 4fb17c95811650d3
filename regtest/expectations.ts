/** How a measured figure is compared with what was expected of it. */
const COMPARISONS: Readonly<Record<string, (measured: number, wanted: number) => boolean>> = {
  '<': (measured, wanted) => measured < wanted,
  '<=': (measured, wanted) => measured <= wanted,
  '>': (measured, wanted) => measured > wanted,
  '>=': (measured, wanted) => measured >= wanted,
  '=': (measured, wanted) => measured === wanted,
  '!=': (measured, wanted) => measured !== wanted,
};

const PATTERN = /^\s*([a-z][a-z0-9]*)\s*(<=|>=|!=|==?|<|>)\s*(-?\d*\.?\d+(?:e-?\d+)?)\s*(%?)\s*$/i;

/** A statement about a figure, such as `rate<0.2`: with it a scenario is a test. */
export interface Expectation {
  /** As it was written. */
  readonly text: string;
  readonly metric: string;
  readonly comparison: string;
  readonly wanted: number;
}

/** How an expectation has turned out. */
export interface Verdict extends Expectation {
  /** Absent when nothing was measured. */
  readonly measured?: number;
  readonly holds: boolean;
}

/**
 * Reads `name<number`; also <=, >, >=, =, !=, and percents.
 *
 * @throws RangeError with a sentence for people
 */
export function parseExpectation(text: string): Expectation {
  const [, metric = '', comparison = '', number = '', percent] = PATTERN.exec(text) ?? [];
  if (metric === '') throw new RangeError(`"${text}" is no expectation such as rate<0.2 or reorg>=6`);
  return {
    text,
    metric,
    comparison: comparison === '==' ? '=' : comparison,
    wanted: percent === '%' ? Number(number) / 100 : Number(number),
  };
}

/** @throws RangeError when there is no figure of that name */
export function checkMetric({ metric }: Expectation, known: readonly string[]): void {
  if (!known.includes(metric)) throw new RangeError(`there is no figure "${metric}": ${known.join(', ')}`);
}

/** Holds an expectation against what was measured. What was not measured meets no expectation. */
export function judge(expectation: Expectation, measured: number | undefined): Verdict {
  if (measured === undefined || Number.isNaN(measured)) return { ...expectation, holds: false };
  const compare = COMPARISONS[expectation.comparison];
  return { ...expectation, measured, holds: compare?.(measured, expectation.wanted) ?? false };
}
