import { median } from './statistics.js';

/** What is measured: times and sizes are better when they are small, rates when they are large. */
export type Unit = 's' | 'ms' | '/s' | 'MB' | 'bytes' | '%' | '';

/** Something simple that was measured in the same run, so that figures of unlike machines can be told apart. */
export interface Reference {
  readonly name: string;
  /** In the figure's unit. */
  readonly value: number;
}

/** A quantity with its values of all runs. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  readonly reference?: Reference | undefined;
}

/** A figure as it is stored. */
export interface Summary {
  readonly unit: Unit;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  /** The median as a multiple of the reference. */
  readonly ratio?: number;
  readonly reference?: string;
}

const NAME_WIDTH = 44;

/** Digits that say something, whatever the size. */
const SIGNIFICANT = 3;

export function summary({ unit, values, reference }: Figure): Summary {
  const middle = median(values);
  return {
    unit,
    median: rounded(middle),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
    runs: values.length,
    ...(reference === undefined
      ? {}
      : { ratio: rounded(middle / reference.value), reference: reference.name }),
  };
}

/** One line: name, median, spread, and the ratio to the reference. */
export function lineOf(name: string, { unit, median, min, max, runs, ratio, reference }: Summary): string {
  const gap = unit === '/s' || unit === '%' ? '' : ' ';
  const spread = runs === 1 ? '' : `  (${min} to ${max}, ${runs} runs)`;
  const against = ratio === undefined ? '' : `  = ${ratio} × ${reference}`;
  return `  ${name.padEnd(NAME_WIDTH)}${String(median).padStart(9)}${gap}${unit}${spread}${against}`;
}

/** Takes the figures of one benchmark, and tells each as it comes. */
export class Report {
  private readonly summaries = new Map<string, Summary>();

  constructor(private readonly tell: (line: string) => void) {}

  add(figure: Figure): void {
    const one = summary(figure);
    this.summaries.set(figure.name, one);
    this.tell(lineOf(figure.name, one));
  }

  /** What is worth knowing and no figure. */
  note(line: string): void {
    this.tell(`  ${line}`);
  }

  get figures(): Readonly<Record<string, Summary>> {
    return Object.fromEntries(this.summaries);
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(Math.max(SIGNIFICANT, Math.trunc(Math.abs(value)).toString().length)));
}
