import { peerName } from '../src/node/event-feed.js';
import { ifAnswering } from './answering.js';
import type { LabEvents } from './events/event-source.js';
import type { RegtestNode } from './node.js';
import type { PeerInfo } from './rpc/methods/index.js';
import type { Link } from './topology.js';
import { Bell, waitFor } from './wait.js';

/** A connection that was asked for is asked for again after this long, for the case that the attempt failed. */
const RETRY_MS = 2_000;

/** A connection that is wanted. */
export interface WantedLink {
  readonly from: RegtestNode;
  readonly to: RegtestNode;
  /** At which `from` finds `to`. */
  readonly address: string;
}

/** Connections that `node` has with `other`, told by the name in the user agent. */
async function peersOf(node: RegtestNode, other: RegtestNode): Promise<PeerInfo[]> {
  return (await node.rpc.call('getpeerinfo')).filter(isOf(other));
}

function isOf(other: RegtestNode): (peer: PeerInfo) => boolean {
  return ({ subver }) => peerName(subver) === other.name;
}

/** Greeted, and served once since then, which the first ping tells: what comes in before that is not announced to the peer. */
function isReady({ bytesrecv_per_msg: received, bytessent_per_msg: sent }: PeerInfo): boolean {
  return (received.verack ?? 0) > 0 && (sent.ping ?? 0) > 0;
}

/**
 * Connects nodes, and waits until each has the other's greeting, and tells it what comes in from then on. Those that are
 * connected stay so.
 *
 * @param events of the nodes: they tell of greetings
 */
export async function connectNodes(
  wanted: readonly WantedLink[],
  events: Pick<LabEvents, 'subscribe'>,
): Promise<void> {
  const askedAt = new Map<WantedLink, number>();
  let missing = wanted;
  const bell = new Bell();
  const ignore = onGreetings(
    events,
    () => missing,
    () => bell.ring(),
  );
  const connected = waitFor(
    async () => {
      const peers = await peersByNode(missing);
      const seen = (node: RegtestNode, other: RegtestNode) => (peers.get(node) ?? []).filter(isOf(other));
      missing = missing.filter(
        ({ from, to }) => !(seen(from, to).some(isReady) && seen(to, from).some(isReady)),
      );
      const now = performance.now();
      const due = missing.filter(
        link =>
          now - (askedAt.get(link) ?? Number.NEGATIVE_INFINITY) > RETRY_MS &&
          seen(link.from, link.to).length === 0,
      );
      for (const link of due) askedAt.set(link, now);
      await Promise.all(due.map(({ from, address }) => from.rpc.call('addnode', address, 'onetry')));
      return missing.length === 0;
    },
    { what: `${wanted.map(({ from, to }) => `${from.name} and ${to.name}`).join(', ')} to connect`, bell },
  );
  await connected.finally(ignore);
}

/** Calls `done` with each greeting after which all nodes that are to be connected have greeted each other. */
function onGreetings(
  events: Pick<LabEvents, 'subscribe'>,
  missing: () => readonly WantedLink[],
  done: () => void,
): () => void {
  const greeted = new Set<string>();
  const hasGreeted = (node: RegtestNode, other: RegtestNode) => greeted.has(`${node.index} ${other.name}`);
  return events.subscribe(event => {
    if (event.type !== 'peer' || !event.connected) return;
    greeted.add(`${event.node} ${event.peer}`);
    if (missing().every(({ from, to }) => hasGreeted(from, to) && hasGreeted(to, from))) done();
  });
}

/** Each node is asked once, however many links it has. */
async function peersByNode(
  links: readonly WantedLink[],
): Promise<ReadonlyMap<RegtestNode, readonly PeerInfo[]>> {
  const nodes = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
  return new Map(
    await Promise.all(nodes.map(async node => [node, await node.rpc.call('getpeerinfo')] as const)),
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
  return peers && new Set(peers.map(({ subver }) => peerName(subver)));
}
