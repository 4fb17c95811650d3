import type { CountedRate, Estimate, SimulationResult } from '../../../regtest/index.js';
import { columns, count, percent } from './terminal.js';

const DAY = 86_400;
const HOUR = 3600;

/** What a simulation has shown. */
export function summarizeSimulation(result: SimulationResult, wallSeconds: number): string[] {
  const { stale, ties, effectiveDelay, propagation, agreement } = result;
  const rates = [
    ['', 'measured', '', '99 % interval', 'theory', ''],
    rateRow('stale blocks', stale),
    ...(ties === undefined ? [] : [rateRow('ties while all agreed', ties)]),
  ];
  const times = [
    ['', 'mean', '99 % interval'],
    ...propagation.map(one => timeRow(`to ${one.share * 100} % of the nodes`, one)),
    ...(effectiveDelay === undefined ? [] : [timeRow('to the rest of the hash rate', effectiveDelay)]),
  ];
  return [
    `${count(result.found, 'block')} in ${duration(result.seconds)}, simulated in ${wallSeconds.toFixed(1)} s (${result.events} events)`,
    '',
    ...columns(rates, [1, 2, 3, 4]).map(indented),
    '',
    ...columns(times, [1, 2]).map(indented),
    '',
    `  forks by length    ${histogram(result.forks, 'block')}`,
    `  reorgs of nodes    ${histogram(result.reorgs, 'block')}`,
    `  all agree          ${share(agreement.unanimous)} of the time`,
    `  most common tip    held by ${share(agreement.mostCommon)} of the nodes on average`,
  ];
}

function rateRow(what: string, { rate, count: seen, of, low, high, theory }: CountedRate): string[] {
  const verdict = low <= theory && theory <= high ? 'inside' : 'outside';
  return [what, share(rate), `${seen} of ${of}`, `${share(low)} to ${share(high)}`, share(theory), verdict];
}

function timeRow(what: string, { value, low, high }: Estimate): string[] {
  return [what, `${value.toFixed(3)} s`, `${low.toFixed(3)} to ${high.toFixed(3)} s`];
}

/** Rates of stale blocks are small: three digits that matter. */
function share(value: number): string {
  return value > 0 && value < 0.01 ? `${(value * 100).toPrecision(3)} %` : percent(value);
}

/** `3 of 1 block, 1 of 2 blocks`; entry n of the counts is for length n. */
function histogram(counts: readonly number[], noun: string): string {
  const parts = counts.flatMap((seen, length) => (seen === 0 ? [] : [`${seen} of ${count(length, noun)}`]));
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function duration(seconds: number): string {
  if (seconds >= DAY) return `${(seconds / DAY).toFixed(1)} days`;
  return seconds >= HOUR ? `${(seconds / HOUR).toFixed(1)} hours` : `${seconds.toFixed(0)} seconds`;
}

function indented(line: string): string {
  return `  ${line}`;
}
