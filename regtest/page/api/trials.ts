import type { AttackRequest } from '../../attacks/attack-request.js';
import type { Figure, FigureUnit } from '../../trials/figures.js';
import { CommandFailed, type LabApi } from './lab-api.js';
import { listOf, numberOf, objectOf, textOf } from './shape.js';

/** What trials of any kind came to, as far as the page shows it. */
export interface Trials {
  readonly trials: number;
  readonly seed: number;
  readonly rate: number;
  /** With 99 % confidence. */
  readonly low: number;
  readonly high: number;
  readonly theory: number;
  readonly figures: readonly Figure[];
  /** How often the losing side of a partition undid how many blocks, and what theory expects. */
  readonly depths?: { readonly counts: readonly number[]; readonly theory: readonly number[] };
}

/** @throws CommandFailed */
export async function loadTrials(
  api: LabApi,
  request: AttackRequest,
  trials: number,
  signal?: AbortSignal,
): Promise<Trials> {
  const answer = objectOf(await api.call('trials', { ...request, trials }, signal));
  const number = (name: string): number => {
    const value = numberOf(answer[name]);
    if (value === undefined) throw new CommandFailed('failed', `The trials came back without ${name}.`);
    return value;
  };
  const depths = objectOf(answer.depths);
  return {
    trials: number('trials'),
    seed: number('seed'),
    rate: number('rate'),
    low: number('low99'),
    high: number('high99'),
    theory: number('theory'),
    figures: listOf(answer.figures).map(objectOf).map(figureOf),
    ...(answer.depths === undefined
      ? {}
      : { depths: { counts: numbersOf(depths.counts), theory: numbersOf(depths.theory) } }),
  };
}

function numbersOf(value: unknown): number[] {
  return listOf(value).map(entry => numberOf(entry) ?? 0);
}

const UNITS: readonly FigureUnit[] = ['share', 'blocks', 'intervals'];

function figureOf(figure: Readonly<Record<string, unknown>>): Figure {
  const theory = numberOf(figure.theory);
  return {
    name: textOf(figure.name) ?? '',
    what: textOf(figure.what) ?? '',
    unit: UNITS.find(unit => unit === figure.unit) ?? 'blocks',
    measured: numberOf(figure.measured) ?? Number.NaN,
    low: numberOf(figure.low) ?? Number.NaN,
    high: numberOf(figure.high) ?? Number.NaN,
    ...(theory === undefined ? {} : { theory }),
  };
}
