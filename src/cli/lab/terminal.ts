/** Where a command of the lab writes. */
export interface Terminal {
  /** A line for people. */
  readonly say: (line: string) => void;
  /** The one line for programs. */
  readonly json: (value: unknown) => void;
  /** What people are to know though it is no part of what is told. */
  readonly note: (line: string) => void;
  /** How far something is that takes long; undefined where nobody watches. */
  readonly progress: ((line: string) => void) | undefined;
}

export interface TerminalOptions {
  readonly json?: boolean | undefined;
  /** Progress is told though standard error is no terminal. */
  readonly progress?: boolean | undefined;
}

/** With `--json` standard output holds nothing but the JSON line; what people read goes to standard error. */
export function terminalFor(options: TerminalOptions): Terminal {
  const print = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${line}\n`);
  return {
    say: print(options.json === true ? process.stderr : process.stdout),
    json: value => {
      if (options.json === true) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: print(process.stderr),
    progress: (options.progress ?? process.stderr.isTTY) ? print(process.stderr) : undefined,
  };
}

/** Lays out rows as columns, two blanks apart; numbers belong right-aligned, so columns in `right` are. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows.map(row =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `18.43 %`; with more digits where they matter. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value > 99.99) return '> 99.99 %';
  return value < 0.01 ? `${value.toPrecision(2)} %` : `${value.toFixed(2)} %`;
}

/** Bitcoins as people write them: `12.5 BTC`. */
export function bitcoins(amount: number): string {
  return `${Number(amount.toFixed(8))} BTC`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
