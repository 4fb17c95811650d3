import { type AttackRequest, agrees, type Figure, kindOf, runAttackTrials } from '../../regtest/index.js';
import { columns } from '../../src/cli/lab/terminal.js';
import type { Report } from '../report.js';

const TRIALS = 100_000;

/** Every kind of attack, with its modes and defences. */
const ATTACKS: readonly (readonly [setting: string, request: AttackRequest])[] = [
  ['30 %, z 3, strict', { hashrate: 0.3, confirmations: 3 }],
  ['30 %, z 3, tie', { hashrate: 0.3, confirmations: 3, mode: 'tie' }],
  ['20 %, z 2, pre-mined 2', { hashrate: 0.2, confirmations: 2, mode: 'pre-mined', preMined: 2 }],
  ['40 %, z 3, gives up at 4', { hashrate: 0.4, confirmations: 3, giveUp: 4 }],
  ['40 %, z 3, max-reorg 5', { hashrate: 0.4, confirmations: 3, defences: { maxReorg: 5 } }],
  ['40 %, z 3, checkpoint 4', { hashrate: 0.4, confirmations: 3, defences: { checkpoint: 4 } }],
  ['40 %, z 3, watch 0.25', { hashrate: 0.4, confirmations: 3, defences: { watch: 0.25 } }],
  ['30 %, gamma 0', { kind: 'selfish', hashrate: 0.3, gamma: 0 }],
  ['40 %, gamma 0.5', { kind: 'selfish', hashrate: 0.4, gamma: 0.5 }],
  ['40 %, ties by lot', { kind: 'selfish', hashrate: 0.4, defences: { randomTieBreak: true } }],
  ['30 %, z 3', { kind: 'eclipse', hashrate: 0.3, confirmations: 3 }],
  ['30 %, gives up at 6', { kind: 'censor', hashrate: 0.3 }],
  ['60 %, gives up at 100', { kind: 'censor', hashrate: 0.6 }],
  ['40 %, 20 block times', { kind: 'partition', hashrate: 0.4, duration: 20 }],
  ['40 %, max-reorg 8', { kind: 'partition', hashrate: 0.4, duration: 20, defences: { maxReorg: 8 } }],
];

const HEADINGS = ['attack', 'setting', 'figure', 'measured', '99 % interval', 'theory', ''];

/**
 * Statistics of all attacks on headers alone, {@link TRIALS} each, against theory. Of a hundred figures one is expected to
 * lie outside of its interval.
 */
export async function attackTrials(report: Report): Promise<void> {
  const started = performance.now();
  const figures: { readonly attack: string; readonly setting: string; readonly figure: Figure }[] = [];
  for (const [setting, request] of ATTACKS) {
    const result = await runAttackTrials(request, { trials: TRIALS });
    for (const figure of result.figures) figures.push({ attack: kindOf(request), setting, figure });
  }
  const compared = figures.filter(({ figure }) => figure.theory !== undefined);
  const inside = compared.filter(({ figure }) => agrees(figure)).length;
  const rows = figures.map(({ attack, setting, figure }) => [attack, setting, ...cells(figure)]);
  for (const line of columns([HEADINGS, ...rows], [3, 4, 5])) report.note(line);
  report.note(`${TRIALS} trials each: ${inside} of ${compared.length} figures inside their 99 % intervals`);
  report.add({ name: 'figures inside', unit: '%', values: [(100 * inside) / compared.length] });
  report.add({ name: 'all trials', unit: 's', values: [(performance.now() - started) / 1000] });
}

function cells(figure: Figure): string[] {
  const { name, measured, low, high, theory } = figure;
  const compared = theory === undefined ? '' : agrees(figure) ? 'inside' : 'OUTSIDE';
  return [
    name,
    measured.toFixed(4),
    `${low.toFixed(4)} to ${high.toFixed(4)}`,
    theory?.toFixed(4) ?? '',
    compared,
  ];
}
