/** Counts by row and column. A row takes memory when something is first counted in it: most never get that far. */
export class CountRows<Row extends Float64Array | Int32Array> {
  private readonly rows = new Map<number, Row>();

  /** @param zeroes makes a row */
  constructor(
    readonly length: number,
    private readonly zeroes: () => Row,
  ) {}

  /** The row, for counting in it. */
  row(index: number): Row {
    let row = this.rows.get(index);
    if (row === undefined) {
      row = this.zeroes();
      this.rows.set(index, row);
    }
    return row;
  }

  /** The row, for looking; undefined while it is all zeroes. */
  peek(index: number): Row | undefined {
    return this.rows.get(index);
  }

  at(index: number, column: number): number {
    return this.rows.get(index)?.[column] ?? 0;
  }

  /** The rows in which something was counted. */
  filled(): Iterable<Row> {
    return this.rows.values();
  }
}
