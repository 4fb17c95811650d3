export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Nodes on a circle, the first at the top and on clockwise, in a square of side 1. One node is in the middle. */
export function circle(count: number): Point[] {
  if (count === 1) return [{ x: 0.5, y: 0.5 }];
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count - Math.PI / 2;
    return { x: 0.5 + 0.5 * Math.cos(angle), y: 0.5 + 0.5 * Math.sin(angle) };
  });
}

/** Radius of a node's disc on that circle, as a share of the square: neighbours do not touch. */
export function discRadius(count: number): number {
  const apart = Math.sin(Math.PI / Math.max(count, 2));
  return Math.min(0.062, 0.38 * apart);
}
