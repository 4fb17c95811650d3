import {
  type AnyTrialResult,
  type AttackPreset,
  agrees,
  type Figure,
  type TrialResult,
} from '../../../regtest/index.js';
import { columns, count, percent } from './terminal.js';

/** Rows of the histogram that are not worth a line: fewer than this part of all trials. */
const LEAST_OF_HISTOGRAM = 0.001;

/** Width of the longest bar. */
const BAR_WIDTH = 40;

/** What is known of an attack that took place. */
export function tellPreset({ title, facts, assumptions }: AttackPreset): string[] {
  return [
    title,
    ...facts.map(fact => `  reported  ${fact}`),
    ...assumptions.map(assumption => `  assumed   ${assumption}`),
    '',
  ];
}

/** What trials have come to. */
export function summarizeTrials(result: AnyTrialResult): string[] {
  switch (result.kind) {
    case 'double-spend':
      return doubleSpend(result);
    case 'selfish': {
      const ties = result.randomTieBreak ? 'ties broken by lot' : `gamma ${result.gamma}`;
      return [
        `${result.trials} rounds of selfish mining with ${percent(result.hashrate)} of the hash rate, ${ties}, seed ${result.seed}`,
        `(difficulty adjusts every ${result.period} blocks; it pays above ${percent(result.threshold)} of the hash rate)`,
        ...figureTable(result.figures),
      ];
    }
    case 'eclipse':
      return [
        `${result.trials} eclipses with ${percent(result.hashrate)} of the hash rate against ${count(result.confirmations, 'confirmation')}, seed ${result.seed}`,
        `(the merchant waits ${result.patience} mean block times${watching(result.watch)})`,
        ...figureTable(result.figures),
      ];
    case 'censor':
      return [
        `${result.trials} blocks against a censor with ${percent(result.hashrate)} of the hash rate, seed ${result.seed}`,
        result.giveUp === 1
          ? '(he leaves transactions out, and lets the blocks of others be)'
          : `(he tries to orphan blocks that hold censored transactions, gives up when ${result.giveUp} behind)`,
        ...figureTable(result.figures),
      ];
    case 'partition':
      return [
        `${result.trials} partitions with ${percent(result.hashrate)} of the hash rate on the first side, for ${result.duration} mean block times, seed ${result.seed}`,
        ...(result.maxReorg === undefined
          ? []
          : [`(nodes refuse to undo more than ${count(result.maxReorg, 'block')})`]),
        ...figureTable(result.figures),
        ...depthTable(result.trials, result.depths),
      ];
  }
}

function doubleSpend(result: TrialResult): string[] {
  const { low, high, low99, high99, theory } = result;
  const inside = low99 <= theory && theory <= high99;
  return [
    `${result.trials} double spends with ${percent(result.hashrate)} of the hash rate against ${count(result.confirmations, 'confirmation')}, seed ${result.seed}`,
    `(${rulesText(result)}, gives up when ${result.giveUp} behind${defencesText(result)})`,
    `  success   ${percent(result.rate)} (${result.successes})`,
    `  interval  ${percent(low)} to ${percent(high)}, with 95 % confidence`,
    `            ${percent(low99)} to ${percent(high99)}, with 99 % confidence`,
    `  theory    ${percent(theory)}, ${inside ? 'inside' : 'outside'} the interval`,
    '',
    ...figureTable(result.figures.slice(1)),
  ];
}

function rulesText({ mode, rules }: TrialResult): string {
  switch (mode) {
    case 'strict':
      return 'only strictly more work wins, nothing mined beforehand';
    case 'tie':
      return 'as much work wins, nothing mined beforehand';
    case 'pre-mined':
      return `only strictly more work wins, ${count(rules.preMined ?? 0, 'block')} mined beforehand`;
  }
}

function defencesText({ rules }: TrialResult): string {
  const { maxReorg, checkpoint, watch } = rules.defences ?? {};
  return [
    maxReorg === undefined ? '' : `; nodes undo ${count(maxReorg, 'block')} at most`,
    checkpoint === undefined ? '' : `; checkpoints ${count(checkpoint, 'block')} deep`,
    watching(watch ?? 0),
  ].join('');
}

function watching(watch: number): string {
  return watch === 0 ? '' : `; sees the conflict in time in ${percent(watch)} of all cases`;
}

function figureTable(figures: readonly Figure[]): string[] {
  const rows = figures.map(figure => {
    const { what, measured, low, high, theory } = figure;
    const text = (value: number) => valueText(value, figure);
    return [
      what,
      text(measured),
      `${text(low)} to ${text(high)}`,
      theory === undefined ? '' : text(theory),
      theory === undefined ? '' : agrees(figure) ? 'inside' : 'OUTSIDE',
    ];
  });
  return columns([['', 'measured', '99 % interval', 'theory', ''], ...rows], [1, 2, 3]).map(
    line => `  ${line}`,
  );
}

function valueText(value: number, { unit }: Figure): string {
  if (unit === 'share') return percent(Math.max(value, 0));
  return Number.isFinite(value) ? value.toFixed(3) : 'never';
}

function depthTable(trials: number, { counts, theory, fit }: PartitionDepths): string[] {
  const most = Math.max(...counts);
  const rows = counts.flatMap((seen, depth) => {
    const expected = theory[depth] ?? 0;
    if (Math.max(seen, expected) < trials * LEAST_OF_HISTOGRAM) return [];
    const bar = '█'.repeat(Math.round((seen / most) * BAR_WIDTH));
    return [[String(depth), String(seen), expected.toFixed(1), bar]];
  });
  return [
    '',
    ...columns([['blocks undone', 'seen', 'theory', ''], ...rows], [0, 1, 2]).map(line => `  ${line}`),
    `  chi-square ${fit.chiSquare.toFixed(1)} with ${fit.freedom} degrees of freedom, ${fit.fits ? 'below' : 'ABOVE'} the 99 % limit of ${fit.limit.toFixed(1)}`,
  ];
}

type PartitionDepths = Extract<AnyTrialResult, { kind: 'partition' }>['depths'];
