type Row = Float64Array | Int32Array;

/** Counts by row and column. A row takes memory when something is first counted in it: most never get that far. */
export class CountRows<T extends Row> {
  private readonly rows: (T | undefined)[];

  /** @param zeroes makes a row */
  constructor(
    readonly length: number,
    private readonly zeroes: () => T,
  ) {
    this.rows = Array.from({ length }, () => undefined);
  }

  /** The row, for counting in it. */
  row(index: number): T {
    const row = this.rows[index] ?? this.zeroes();
    this.rows[index] = row;
    return row;
  }

  /** The row, for looking; undefined while it is all zeroes. */
  peek(index: number): T | undefined {
    return this.rows[index];
  }

  at(index: number, column: number): number {
    return this.rows[index]?.[column] ?? 0;
  }

  /** The rows that are not all zeroes. */
  *filled(): Generator<T> {
    for (const row of this.rows) if (row !== undefined) yield row;
  }
}
