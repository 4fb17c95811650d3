import { ifAnswering } from './answering.js';
import type { RegtestNode } from './node.js';
import type { PeerInfo } from './rpc-methods.js';
import type { Link } from './topology.js';
import { waitFor } from './wait.js';

/** A connection that was asked for is asked for again after this long, for the case that the attempt failed. */
const RETRY_MS = 2_000;

/** Connections that `node` has with `other`, told by the name in the user agent. */
async function peersOf(node: RegtestNode, other: RegtestNode): Promise<PeerInfo[]> {
  const peers = await node.rpc.call('getpeerinfo');
  return peers.filter(({ subver }) => subver.includes(`(${other.name})`));
}

/**
 * Greeted, and served once since then, which the first ping tells: what `node` learns before that it does not announce to
 * the other.
 */
async function greeted(node: RegtestNode, other: RegtestNode): Promise<boolean> {
  const peers = await peersOf(node, other);
  return peers.some(
    ({ bytesrecv_per_msg: received, bytessent_per_msg: sent }) =>
      (received.verack ?? 0) > 0 && (sent.ping ?? 0) > 0,
  );
}

/**
 * Connects two nodes, and waits until each has the other's greeting, and tells it what comes in from then on. Nothing happens when they are connected.
 *
 * @param address at which `from` finds `to`
 */
export async function connectNodes(from: RegtestNode, to: RegtestNode, address: string): Promise<void> {
  if ((await greeted(from, to)) && (await greeted(to, from))) return;
  let askedAt = Number.NEGATIVE_INFINITY;
  await waitFor(
    async () => {
      if (performance.now() - askedAt > RETRY_MS && (await peersOf(from, to)).length === 0) {
        askedAt = performance.now();
        await from.rpc.call('addnode', address, 'onetry');
      }
      return (await greeted(from, to)) && (await greeted(to, from));
    },
    { what: `${from.name} and ${to.name} to connect` },
  );
}

/** Disconnects two nodes, and waits until neither sees the other. Nothing happens when they are not connected. */
export async function disconnectNodes(a: RegtestNode, b: RegtestNode): Promise<void> {
  for (const { id } of await peersOf(a, b)) await a.rpc.call('disconnectnode', '', id);
  await waitFor(async () => (await peersOf(a, b)).length === 0 && (await peersOf(b, a)).length === 0, {
    what: `${a.name} and ${b.name} to disconnect`,
  });
}

/** Numbers of the pairs of running nodes, out of `links`, that are not connected. */
export async function missingLinks(
  nodes: readonly RegtestNode[],
  links: readonly Link[],
): Promise<readonly Link[]> {
  const peers = await Promise.all(nodes.map(peerNames));
  return links.filter(([a, b]) => {
    const other = nodes[b]?.name;
    return other !== undefined && peers[b] !== undefined && peers[a]?.has(other) === false;
  });
}

/** Names in the user agents of a node's peers; undefined when it does not answer. */
async function peerNames(node: RegtestNode): Promise<ReadonlySet<string> | undefined> {
  const peers = await ifAnswering(node, () => node.rpc.call('getpeerinfo'));
  return peers && new Set(peers.map(({ subver }) => /\((.*)\)/.exec(subver)?.[1] ?? ''));
}
