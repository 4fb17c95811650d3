/** @throws RangeError unless 0 < q < 1 */
export function checkShare(q: number): void {
  if (!(q > 0 && q < 1)) throw new RangeError('the share of the hash rate must lie between 0 and 1');
}

/** @throws RangeError unless `count` is a whole number, not negative */
export function checkCount(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${what} must be a whole number, not negative`);
}

/** @throws RangeError unless 0 ≤ value ≤ 1 */
export function checkProbability(what: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${what} must lie between 0 and 1`);
}

/** @throws RangeError unless `value` is a finite number above 0 */
export function checkPositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${what} must be a number above 0`);
}
