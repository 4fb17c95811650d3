/** The middle one; between the middle two when there are two. @throws RangeError when there is none */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What the share `q` of the values does not exceed, drawn between neighbours. @throws RangeError when there is no value */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const lower = sorted[Math.floor(place)];
  const upper = sorted[Math.ceil(place)];
  if (lower === undefined || upper === undefined) throw new RangeError('no value has no quantile');
  return lower + (upper - lower) * (place - Math.floor(place));
}
