import { Random } from './random.js';

/**
 * How the nodes of a network are joined: each to the next, the same closed to a ring, all to the first, each to some
 * before it that are drawn by the seed, or each to all others.
 */
export type Topology = 'line' | 'ring' | 'star' | 'random' | 'mesh';

export const TOPOLOGIES: readonly Topology[] = ['line', 'ring', 'star', 'random', 'mesh'];

/** Nodes before it that each node of a random network connects to: two keep it whole when one of them ends. */
const RANDOM_CHOICES = 2;

/** Two nodes by number, the lower one first. */
export type Link = readonly [number, number];

export function link(a: number, b: number): Link {
  return a < b ? [a, b] : [b, a];
}

/** The connections between `count` nodes. The seed matters where they are drawn. */
export function linksOf(topology: Topology, count: number, seed: number): Link[] {
  switch (topology) {
    case 'line':
      return line(count);
    case 'ring':
      return count > 2 ? [...line(count), [0, count - 1]] : line(count);
    case 'star':
      return numbers(1, count).map(other => [0, other]);
    case 'random':
      return drawn(count, new Random(seed));
    case 'mesh':
      return numbers(0, count).flatMap(a => numbers(a + 1, count).map((b): Link => [a, b]));
  }
}

/** Numbers of the nodes that are joined with this one by the links, directly or not, and its own. */
export function joinedWith(node: number, links: readonly Link[]): ReadonlySet<number> {
  const found = new Set([node]);
  // Grows while it is walked.
  for (const one of found)
    for (const link of links) if (link.includes(one)) for (const end of link) found.add(end);
  return found;
}

function line(count: number): Link[] {
  return numbers(1, count).map(node => [node - 1, node]);
}

/** Each node connects to some of those before it, so that all hang together. */
function drawn(count: number, random: Random): Link[] {
  return numbers(1, count).flatMap(node => {
    const left = numbers(0, node);
    const chosen = Array.from({ length: Math.min(RANDOM_CHOICES, node) }, () =>
      left.splice(random.below(left.length), 1),
    );
    return chosen.flat().map((other): Link => [other, node]);
  });
}

/** From `first` to below `end`. */
function numbers(first: number, end: number): number[] {
  return Array.from({ length: Math.max(end - first, 0) }, (_, index) => first + index);
}
