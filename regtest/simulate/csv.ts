import { PERCENTILES } from './block-ledger.js';
import { REGIONS } from './regions.js';
import { chainOf } from './report.js';
import type { Simulation } from './simulation.js';

const COLUMNS = [
  'block',
  'previous',
  'height',
  'time',
  'finder',
  'region',
  'stale',
  'nodes',
  ...PERCENTILES.map(share => `reached_${share * 100}`),
  'delay',
];

/** Digits after the point of seconds: microseconds. */
const DIGITS = 6;

/**
 * One line for each block: its number and that of its predecessor (0 is genesis), height, seconds at which it was found,
 * its finder and where that is, 1 if it is stale, nodes that have it, seconds until it had reached 50, 90 and 99 % of the
 * nodes (empty where it has not), and its hash-weighted mean delay in seconds.
 */
export function* csvLines(simulation: Simulation): Iterable<string> {
  const { ledger, network } = simulation;
  const inChain = chainOf(simulation);
  yield COLUMNS.join(',');
  for (let id = 1; id <= ledger.found; id++) {
    const finder = ledger.finder[id] as number;
    yield [
      id,
      ledger.tree.prev(id),
      ledger.tree.height(id),
      seconds(ledger.foundAt[id]),
      finder,
      REGIONS[network.region[finder] as number]?.name ?? '',
      inChain[id] === 1 ? 0 : 1,
      ledger.accepted[id],
      ...PERCENTILES.map((_, i) => seconds(ledger.reached[id * PERCENTILES.length + i])),
      seconds(ledger.delay[id]),
    ].join(',');
  }
}

function seconds(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : value.toFixed(DIGITS);
}
