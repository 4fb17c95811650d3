import type { PooledTransaction } from '../../api/mempool.js';

/** Virtual bytes of transactions that pay from `low` to below `high` satoshis per virtual byte. */
export interface FeerateBin {
  readonly low: number;
  readonly high: number;
  readonly vbytes: number;
  readonly transactions: number;
}

/** Where bins begin, in satoshis per virtual byte: narrow where most transactions are. */
const BORDERS: readonly number[] = [
  0, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50, 75, 100, 150, 200, 500,
];

/** Bins from the lowest to the highest one that holds anything; none for an empty mempool. */
export function feerateBins(
  transactions: readonly Pick<PooledTransaction, 'rate' | 'vsize'>[],
): readonly FeerateBin[] {
  const bins = BORDERS.map((low, index) => ({
    low,
    high: BORDERS[index + 1] ?? Number.POSITIVE_INFINITY,
    vbytes: 0,
    transactions: 0,
  }));
  for (const { rate, vsize } of transactions) {
    const bin = bins.findLast(({ low }) => rate >= low);
    if (bin === undefined) continue;
    bin.vbytes += vsize;
    bin.transactions++;
  }
  const first = bins.findIndex(bin => bin.transactions > 0);
  return first < 0 ? [] : bins.slice(first, bins.findLastIndex(bin => bin.transactions > 0) + 1);
}

/** A bin's range in satoshis per virtual byte. */
export function binText({ low, high }: FeerateBin): string {
  return Number.isFinite(high) ? `${low}–${high}` : `${low}+`;
}
