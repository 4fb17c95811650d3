import type { Estimate } from '../statistics/samples.js';
import { wilsonInterval } from '../statistics/wilson.js';

/** How a figure is read: a share between 0 and 1, or a number of blocks or of mean block times. */
export type FigureUnit = 'share' | 'blocks' | 'intervals';

/** One thing that trials measure, with what theory says of it. */
export interface Figure {
  /** A word, by which expectations name it. */
  readonly name: string;
  /** What it is, for people. */
  readonly what: string;
  readonly unit: FigureUnit;
  readonly measured: number;
  /** The true value lies between these with 99 % confidence. */
  readonly low: number;
  readonly high: number;
  /** What the formula gives for the same rules; absent where there is none. */
  readonly theory?: number;
}

type FigureText = Pick<Figure, 'name' | 'what' | 'unit'>;

/** A share of trials, with Wilson's interval. Undefined where nothing was tried. */
export function shareFigure(
  text: Omit<FigureText, 'unit'>,
  successes: number,
  trials: number,
  theory?: number,
): Figure[] {
  if (trials === 0) return [];
  const interval = wilsonInterval(successes, trials, 0.99);
  return [figure({ ...text, unit: 'share' }, { value: successes / trials, ...interval }, theory)];
}

/** A mean or a ratio of means. None where nothing was sampled. */
export function estimateFigure(text: FigureText, estimate: Estimate | undefined, theory?: number): Figure[] {
  return estimate === undefined ? [] : [figure(text, estimate, theory)];
}

function figure(text: FigureText, { value, low, high }: Estimate, theory: number | undefined): Figure {
  return { ...text, measured: value, low, high, ...(theory === undefined ? {} : { theory }) };
}

/** Theory is computed in doubles; a figure that is the same in all trials has an interval without any width. */
const ROUNDING = 1e-9;

/** True when the theory lies within the interval, or there is none. */
export function agrees({ low, high, theory }: Figure): boolean {
  if (theory === undefined) return true;
  const slack = ROUNDING * Math.abs(theory);
  return low - slack <= theory && theory <= high + slack;
}
