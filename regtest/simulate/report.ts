import { type HeaderId, NO_HEADER } from '../../src/consensus/chain-view.js';
import { type Estimate, RatioSamples } from '../statistics/samples.js';
import { type Interval, wilsonInterval } from '../statistics/wilson.js';
import { staleRate } from '../theory/stale.js';
import { PERCENTILES } from './block-ledger.js';
import type { SimulationOptions } from './options.js';
import type { Simulation } from './simulation.js';

/** A share that was counted, with its 99 % interval. */
export interface CountedRate extends Interval {
  readonly count: number;
  readonly of: number;
  readonly rate: number;
  /** What theory says of it, from the delays that were measured. */
  readonly theory: number;
}

export interface PropagationTime extends Estimate {
  /** Of the nodes. */
  readonly share: number;
}

/** What a run has shown. Times are in seconds; intervals hold the true value with 99 % confidence. */
export interface SimulationResult {
  readonly options: SimulationOptions;
  /** Simulated. */
  readonly seconds: number;
  readonly found: number;
  readonly height: number;
  /**
   * Blocks that did not end up in the chain, of those found. Wilson's interval takes them as independent, which is close
   * to the truth while they are rare: a branch of two is two stale blocks at once.
   */
  readonly stale: CountedRate;
  /** Of the blocks found while all nodes agreed, those that got a rival of their height. */
  readonly ties: CountedRate | undefined;
  /** Hash-weighted mean time until a block has reached the rest of the hash rate. */
  readonly effectiveDelay: Estimate | undefined;
  /** Mean time until a block has reached a share of the nodes, over the blocks that have. */
  readonly propagation: readonly PropagationTime[];
  /** Entry n: branches off the chain whose longest path has n blocks. */
  readonly forks: readonly number[];
  /** Entry d: how many times a node undid d blocks. */
  readonly reorgs: readonly number[];
  /** Share of the time in which all nodes had the same tip, and mean share of the nodes that had the most common one. */
  readonly agreement: { readonly unanimous: number; readonly mostCommon: number };
  readonly events: number;
}

/** Sums up a run, ended or not. */
export function reportOf(simulation: Simulation): SimulationResult {
  const { ledger, options, tips } = simulation;
  const inChain = chainOf(simulation);
  const height = inChain.reduce((sum, flag) => sum + flag, 0) - 1;
  const { found } = ledger;
  const { effectiveDelay, rivals } = delaysOf(simulation);
  return {
    options,
    seconds: simulation.now,
    found,
    height,
    stale: {
      count: found - height,
      of: found,
      rate: found === 0 ? 0 : (found - height) / found,
      ...(found === 0 ? { low: 0, high: 1 } : wilsonInterval(found - height, found, 0.99)),
      theory: staleRate(rivals, 1),
    },
    ties: tiesOf(simulation),
    effectiveDelay,
    propagation: propagationOf(simulation),
    forks: forksOf(simulation, inChain),
    reorgs: Array.from(tips.reorgs, count => count ?? 0),
    agreement: tips.agreement(simulation.now),
    events: simulation.events,
  };
}

/** 1 for each block of the best chain: that with most work, and of several the one with most hash rate. */
export function chainOf({ ledger, tips, network }: Simulation): Uint8Array {
  const { tree } = ledger;
  const power = new Map<HeaderId, number>();
  for (const [node, share] of network.shares.entries())
    power.set(tips.of(node), (power.get(tips.of(node)) ?? 0) + share);
  let best = 0;
  for (const [tip, share] of power) {
    const order = tree.compareWork(tip, best) || share - (power.get(best) ?? 0) || best - tip;
    if (order > 0) best = tip;
  }
  const inChain = new Uint8Array(tree.size);
  for (let id = best; id !== NO_HEADER; id = tree.prev(id)) inChain[id] = 1;
  return inChain;
}

/** Blocks that every node has. */
function* spreadBlocks({ ledger, options }: Simulation): Iterable<HeaderId> {
  for (let id = 1; id <= ledger.found; id++) if (ledger.accepted[id] === options.nodes) yield id;
}

/** The effective delay, and the mean of delay / interval: rivals expected of a block. */
function delaysOf(simulation: Simulation): { effectiveDelay: Estimate | undefined; rivals: number } {
  const samples = new RatioSamples();
  let rivals = 0;
  for (const id of spreadBlocks(simulation)) {
    const delay = simulation.ledger.delay[id] as number;
    samples.add(delay);
    rivals += delay / intervalOf(simulation, id);
  }
  return { effectiveDelay: samples.estimate(), rivals: rivals / Math.max(samples.samples, 1) };
}

/** Mean time between blocks at the difficulty that a block was found with, in seconds. */
function intervalOf({ ledger, options }: Simulation, id: HeaderId): number {
  if (options.retarget === undefined) return options.interval;
  return options.interval / ledger.retargeting.easeOn(ledger.tree.prev(id), ledger.tree);
}

function propagationOf(simulation: Simulation): PropagationTime[] {
  return PERCENTILES.flatMap((share, i) => {
    const samples = new RatioSamples();
    for (const id of spreadBlocks(simulation))
      samples.add(simulation.ledger.reached[id * PERCENTILES.length + i] as number);
    const estimate = samples.estimate();
    return estimate === undefined ? [] : [{ share, ...estimate }];
  });
}

/**
 * While all nodes agree a block has no rival but those found before it has arrived; given its delay the chance is exact.
 */
function tiesOf(simulation: Simulation): CountedRate | undefined {
  const { ledger } = simulation;
  let of = 0;
  let count = 0;
  let expected = 0;
  for (let id = 1; id <= ledger.found; id++) {
    if (!ledger.wasUnrivalled(id)) continue;
    of++;
    if (ledger.wasTied(id)) count++;
    expected += staleRate(ledger.delay[id] as number, intervalOf(simulation, id));
  }
  if (of === 0) return undefined;
  return { count, of, rate: count / of, ...wilsonInterval(count, of, 0.99), theory: expected / of };
}

function forksOf({ ledger }: Simulation, inChain: Uint8Array): number[] {
  const { tree } = ledger;
  // Children have higher numbers: from the last block down, each tells its predecessor how long its branch is.
  const above = new Int32Array(tree.size);
  const forks: number[] = [];
  for (let id = ledger.found; id > 0; id--) {
    if (inChain[id] === 1) continue;
    const length = (above[id] as number) + 1;
    const prev = tree.prev(id);
    if (inChain[prev] !== 1) {
      above[prev] = Math.max(above[prev] as number, length);
      continue;
    }
    while (forks.length <= length) forks.push(0);
    forks[length] = (forks[length] as number) + 1;
  }
  return forks;
}
