import type { LinkStatus } from '../control/protocol.js';
import { PERFECT_LINK } from '../links/conditions.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { type Link, link, linksOf } from '../topology.js';

/** The link between two nodes. */
export function linkStatus(network: RegtestNetwork, a: RegtestNode, b: RegtestNode): LinkStatus {
  return {
    nodes: link(a.index, b.index),
    conditions: network.link(a, b).conditions,
    connected: network.isLinked(a, b),
  };
}

/** Links of the topology, others that were made, and those that something was changed about. */
export function allLinks(network: RegtestNetwork): readonly LinkStatus[] {
  const inTopology = new Set(linksOf(network.topology, network.nodes.length, network.seed).map(keyOf));
  return linksOf('mesh', network.nodes.length, network.seed)
    .map(([a, b]) => linkStatus(network, network.node(a), network.node(b)))
    .filter(
      ({ nodes, connected, conditions }) =>
        connected || inTopology.has(keyOf(nodes)) || conditions !== PERFECT_LINK,
    );
}

function keyOf([a, b]: Link): string {
  return `${a} ${b}`;
}
