/** Cells are joined until this many events are expected in each: below, the statistic is not distributed as it should. */
const LEAST_EXPECTED = 5;

/** 99 % of a normal distribution lie below this many standard deviations. */
const ONE_SIDED_99 = 2.3263478740408408;

/** How well counts fit a distribution. */
export interface Fit {
  /** Sum of (seen − expected)² / expected. */
  readonly chiSquare: number;
  readonly freedom: number;
  /** What 99 of 100 samples from the very distribution stay below (Wilson and Hilferty's approximation). */
  readonly limit: number;
  readonly fits: boolean;
}

/**
 * Pearson's test of counts against chances that are complete but for a tail, which is joined to the last cell. Neighbours
 * are joined where few are expected.
 */
export function fitOf(counts: readonly number[], chances: ArrayLike<number>): Fit {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const cells: { seen: number; expected: number }[] = [];
  let seen = 0;
  let expected = 0;
  const length = Math.max(counts.length, chances.length);
  for (let i = 0; i < length; i++) {
    seen += counts[i] ?? 0;
    expected += total * (chances[i] ?? 0);
    if (expected < LEAST_EXPECTED) continue;
    cells.push({ seen, expected });
    seen = 0;
    expected = 0;
  }
  const last = cells.at(-1);
  if (last !== undefined) {
    last.seen += seen;
    last.expected += expected;
  }
  const chiSquare = cells.reduce((sum, cell) => sum + (cell.seen - cell.expected) ** 2 / cell.expected, 0);
  const freedom = Math.max(cells.length - 1, 0);
  const limit = freedom === 0 ? 0 : chiSquareLimit(freedom);
  return { chiSquare, freedom, limit, fits: freedom === 0 || chiSquare <= limit };
}

function chiSquareLimit(freedom: number): number {
  const part = 2 / (9 * freedom);
  return freedom * (1 - part + ONE_SIDED_99 * Math.sqrt(part)) ** 3;
}
