import { type BlockPlace, hasInChain } from './branch/follow.js';
import type { RegtestNode } from './node.js';

/** Nodes that have the same tip. */
export interface Camp {
  /** Their names. */
  readonly nodes: readonly string[];
  /** Of the block that their chain ends with. */
  readonly tip: string;
  readonly height: number;
  /** Total work of their chain: 64 hex digits. */
  readonly work: string;
  /** Names of nodes that hold this chain invalid, so that they never follow it. */
  readonly refusedBy: readonly string[];
}

/**
 * Nodes are on different chains and stay there: some refuse the chain with most work, as a reorg limit makes them do, or are
 * cut off from it.
 */
export class NetworkSplit extends Error {
  override readonly name = 'NetworkSplit';

  constructor(
    /** Most nodes first. */
    readonly camps: readonly Camp[],
    why: string,
  ) {
    super(`the network is split: ${camps.map(describe).join('; ')}; ${why}`);
  }
}

/**
 * Looks whether nodes have come to chains from which they will never agree: a node holds one invalid that no other exceeds.
 * What is still on its way between them is no split.
 *
 * @param nodes all run
 */
export async function findSplit(nodes: readonly RegtestNode[]): Promise<NetworkSplit | undefined> {
  const views = await viewsOf(nodes);
  if (agree(views)) return undefined;
  const most = views.reduce((best, { work }) => (work > best ? work : best), '');
  const camps = await campsOf(views);
  const refused = camps.find(({ work, refusedBy }) => work === most && refusedBy.length > 0);
  if (refused === undefined) return undefined;
  const { refusedBy } = refused;
  const verb = refusedBy.length === 1 ? 'refuses' : 'refuse';
  return new NetworkSplit(camps, `${refusedBy.join(', ')} ${verb} the chain with most work`);
}

/**
 * Makes sure that nodes agree, or can come to.
 *
 * @throws NetworkSplit when they refuse each other's chains
 */
export async function refuseSplit(nodes: readonly RegtestNode[]): Promise<void> {
  const split = await findSplit(nodes);
  if (split !== undefined) throw split;
}

/**
 * Makes sure that nodes that have different tips are not cut off from each other.
 *
 * @param side those that are connected with the first one, and itself
 * @throws NetworkSplit
 */
export async function refuseCut(nodes: readonly RegtestNode[], side: readonly RegtestNode[]): Promise<void> {
  const away = nodes.filter(node => !side.includes(node));
  if (away.length === 0) return;
  const views = await viewsOf(nodes);
  if (agree(views)) return;
  const cut = away.map(({ name }) => name).join(', ');
  const verb = away.length === 1 ? 'is' : 'are';
  throw new NetworkSplit(await campsOf(views), `${cut} ${verb} cut off from ${side[0]?.name}`);
}

/** What a node takes for the chain, and what it does not. */
interface View {
  readonly node: RegtestNode;
  readonly tip: string;
  readonly height: number;
  /** Total work of the chain: 64 hex digits. */
  readonly work: string;
  /** Last blocks of branches that it holds invalid. */
  readonly invalid: readonly BlockPlace[];
}

function viewsOf(nodes: readonly RegtestNode[]): Promise<readonly View[]> {
  return Promise.all(
    nodes.map(async node => {
      const info = await node.rpc.call('getblockchaininfo');
      const branches = await node.rpc.call('getchaintips');
      const invalid = branches.filter(({ status }) => status === 'invalid');
      return { node, tip: info.bestblockhash, height: info.blocks, work: info.chainwork, invalid };
    }),
  );
}

function agree(views: readonly View[]): boolean {
  return new Set(views.map(({ tip }) => tip)).size <= 1;
}

async function campsOf(views: readonly View[]): Promise<readonly Camp[]> {
  const byTip = new Map<string, View[]>();
  for (const view of views) byTip.set(view.tip, [...(byTip.get(view.tip) ?? []), view]);
  const camps = [...byTip.values()].flatMap(members => {
    const [first] = members;
    return first === undefined ? [] : [campOf(first, members, views)];
  });
  return (await Promise.all(camps)).sort((a, b) => b.nodes.length - a.nodes.length);
}

async function campOf(first: View, members: readonly View[], all: readonly View[]): Promise<Camp> {
  const { tip, height, work } = first;
  const isRefused = await Promise.all(
    all.map(async ({ invalid }) => {
      const isIn = await Promise.all(invalid.map(block => hasInChain(first.node, block)));
      return isIn.includes(true);
    }),
  );
  const refusedBy = all.filter((_, index) => isRefused[index] === true).map(({ node }) => node.name);
  return { nodes: members.map(({ node }) => node.name), tip, height, work, refusedBy };
}

function describe({ nodes, tip, height }: Camp): string {
  return `${nodes.join(', ')} ${nodes.length === 1 ? 'is' : 'are'} at ${tip} (height ${height})`;
}
