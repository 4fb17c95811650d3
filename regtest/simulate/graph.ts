import type { Random } from '../random.js';

/**
 * Who is joined to whom. The links of node v are numbered from `start[v]` up to `start[v + 1]`; link e leads from `from[e]`
 * to `to[e]`. Every link is there in both directions.
 */
export interface PeerGraph {
  readonly start: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * A random graph: each node chooses `peers` others, and links work both ways. Should it fall apart, its parts are joined:
 * a network that is split from the start has no stale rate.
 */
export function randomGraph(nodes: number, peers: number, random: Random): PeerGraph {
  const neighbours = Array.from({ length: nodes }, (): number[] => []);
  const join = (a: number, b: number) => {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  };
  if (peers >= nodes - 1) {
    for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) join(a, b);
  } else {
    for (let a = 0; a < nodes; a++) choosePeers(a, nodes, peers, neighbours, random, join);
    joinParts(neighbours, join);
  }
  return packed(neighbours);
}

/** Node `a` makes `peers` links of its own; one that was made to it already is used again. */
function choosePeers(
  a: number,
  nodes: number,
  peers: number,
  neighbours: readonly number[][],
  random: Random,
  join: (a: number, b: number) => void,
): void {
  const chosen = new Set<number>();
  while (chosen.size < peers) {
    const b = random.below(nodes);
    if (b === a || chosen.has(b)) continue;
    chosen.add(b);
    if (!neighbours[a]?.includes(b)) join(a, b);
  }
}

function joinParts(neighbours: readonly number[][], join: (a: number, b: number) => void): void {
  const seen = new Uint8Array(neighbours.length);
  for (let node = 0; node < neighbours.length; node++) {
    if (seen[node] === 1) continue;
    if (node > 0) join(node, node - 1);
    const queue = [node];
    seen[node] = 1;
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const peer of neighbours[next] ?? []) {
        if (seen[peer] === 1) continue;
        seen[peer] = 1;
        queue.push(peer);
      }
    }
  }
}

function packed(neighbours: readonly number[][]): PeerGraph {
  const links = neighbours.reduce((sum, peers) => sum + peers.length, 0);
  const start = new Int32Array(neighbours.length + 1);
  const from = new Int32Array(links);
  const to = new Int32Array(links);
  let link = 0;
  for (const [node, peers] of neighbours.entries()) {
    start[node] = link;
    for (const peer of peers) {
      from[link] = node;
      to[link++] = peer;
    }
  }
  start[neighbours.length] = link;
  return { start, from, to };
}
