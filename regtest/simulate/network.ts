import type { Random } from '../random.js';
import { type PeerGraph, randomGraph } from './graph.js';
import { hashShares } from './hash-power.js';
import type { SimulationOptions } from './options.js';
import { LINK_SPREAD, REGION_LATENCIES, REGIONS } from './regions.js';

const MILLISECOND = 1e-3;

/** Bytes in a second for each megabit in a second. */
const BYTES_PER_MEGABIT = 125_000;

/** A network as it is built: it follows from the options and does not change. Times are in seconds. */
export interface SimulatedNetwork {
  readonly graph: PeerGraph;
  /** Of each link, one way; the same in both directions. */
  readonly latency: Float64Array;
  /** Of each node: number of its region. */
  readonly region: Uint8Array;
  /** Of each node, in bytes a second; infinite where there is no limit. */
  readonly upload: Float64Array;
  readonly download: Float64Array;
  /** Of each node: share of the hash rate. */
  readonly shares: Float64Array;
}

/** Builds the network that the options describe. */
export function buildNetwork(options: SimulationOptions, random: Random): SimulatedNetwork {
  const { nodes } = options;
  const region = Uint8Array.from({ length: nodes }, () => drawRegion(random));
  const graph = randomGraph(nodes, options.peers, random);
  return {
    graph,
    latency: linkLatencies(graph, region, options.latency, random),
    region,
    upload: bandwidths(
      region,
      options.bandwidth,
      REGIONS.map(({ upload }) => upload),
    ),
    download: bandwidths(
      region,
      options.bandwidth,
      REGIONS.map(({ download }) => download),
    ),
    shares: hashShares(options.hash, nodes, random),
  };
}

function drawRegion(random: Random): number {
  let left = random.fraction();
  for (const [index, { share }] of REGIONS.entries()) {
    left -= share;
    if (left < 0) return index;
  }
  return REGIONS.length - 1;
}

function linkLatencies(
  graph: PeerGraph,
  region: Uint8Array,
  fixed: number | undefined,
  random: Random,
): Float64Array {
  const { from, to } = graph;
  const latency = new Float64Array(from.length);
  if (fixed !== undefined) return latency.fill(fixed * MILLISECOND);
  const known = new Map<number, number>();
  for (let link = 0; link < from.length; link++) {
    const [a, b] = [from[link] as number, to[link] as number];
    const pair = Math.min(a, b) * region.length + Math.max(a, b);
    let factor = known.get(pair);
    if (factor === undefined) {
      factor = 1 + LINK_SPREAD * (2 * random.fraction() - 1);
      known.set(pair, factor);
    } else known.delete(pair);
    const base = REGION_LATENCIES[region[a] as number]?.[region[b] as number] ?? 0;
    latency[link] = base * factor * MILLISECOND;
  }
  return latency;
}

function bandwidths(
  region: Uint8Array,
  fixed: number | undefined,
  byRegion: readonly number[],
): Float64Array {
  return Float64Array.from(region, index => {
    const megabits = fixed ?? byRegion[index] ?? 0;
    return megabits === 0 ? Number.POSITIVE_INFINITY : megabits * BYTES_PER_MEGABIT;
  });
}
