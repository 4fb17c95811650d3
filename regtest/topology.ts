/** How the nodes of a network are joined: each to the next, the same closed to a ring, or each to all others. */
export type Topology = 'line' | 'ring' | 'mesh';

export const TOPOLOGIES: readonly Topology[] = ['line', 'ring', 'mesh'];

/** Two nodes by number, the lower one first. */
export type Link = readonly [number, number];

export function link(a: number, b: number): Link {
  return a < b ? [a, b] : [b, a];
}

/** The connections between `count` nodes. */
export function linksOf(topology: Topology, count: number): Link[] {
  if (topology === 'mesh') {
    return Array.from({ length: count }, (_, a) =>
      Array.from({ length: count - a - 1 }, (_, i): Link => [a, a + 1 + i]),
    ).flat();
  }
  const line = Array.from({ length: Math.max(count - 1, 0) }, (_, a): Link => [a, a + 1]);
  return topology === 'ring' && count > 2 ? [...line, [0, count - 1]] : line;
}

/** Numbers of the nodes that are joined with this one by the links, directly or not, and its own. */
export function joinedWith(node: number, links: readonly Link[]): ReadonlySet<number> {
  const found = new Set([node]);
  // Grows while it is walked.
  for (const one of found)
    for (const link of links) if (link.includes(one)) for (const end of link) found.add(end);
  return found;
}
