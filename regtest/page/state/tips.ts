import type { LabState, NodeState } from './lab-state.js';

/** A block that is the tip of some nodes. */
export interface Tip {
  readonly hash: string;
  readonly height: number;
  readonly nodes: readonly NodeState[];
}

/** Tips of the running nodes: the highest first, and of equals the one that more nodes have. */
export function tipsOf({ nodes }: Pick<LabState, 'nodes'>): Tip[] {
  const byHash = new Map<string, NodeState[]>();
  for (const node of nodes) {
    if (!node.running || node.tip === '') continue;
    const holders = byHash.get(node.tip);
    if (holders === undefined) byHash.set(node.tip, [node]);
    else holders.push(node);
  }
  return [...byHash]
    .map(([hash, holders]) => ({ hash, height: holders[0]?.height ?? 0, nodes: holders }))
    .sort((a, b) => b.height - a.height || b.nodes.length - a.nodes.length);
}

/** The tip whose chain is drawn straight: the first of {@link tipsOf} that everybody may know. */
export function mainTip(state: Pick<LabState, 'nodes' | 'tree'>): string | undefined {
  const tips = tipsOf(state);
  const known = tips.find(({ hash }) => state.tree.get(hash)?.isPrivate !== true);
  return (known ?? tips[0])?.hash;
}
