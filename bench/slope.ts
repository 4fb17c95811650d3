/** A point of a line: x in minutes. */
export type Point = readonly [x: number, y: number];

/** How much y grows with x, by least squares; NaN for fewer than two points. */
export function slope(points: readonly Point[]): number {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const xy = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return xy / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
