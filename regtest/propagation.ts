import { tipsOf } from './block-delivery.js';
import { findSplit, NetworkSplit } from './network-split.js';
import type { RegtestNode } from './node.js';
import { waitFor } from './wait.js';

/** Waits until all nodes have this tip: relay between them has brought it there. */
export async function waitForTip(nodes: readonly RegtestNode[], hash: string): Promise<void> {
  await waitFor(async () => (await tipsOf(nodes)).every(tip => tip === hash), {
    what: `${namesOf(nodes)} to have the tip ${hash}`,
  });
}

/** Waits until all nodes have the same tip, and returns its hash. @throws NetworkSplit when they never will */
export async function waitForSameTip(nodes: readonly RegtestNode[]): Promise<string> {
  const found = await waitForTipOrSplit(nodes);
  if (found instanceof NetworkSplit) throw found;
  return found;
}

/** Between two looks at whether nodes will ever agree: that asks them for much more than their tips. */
const SPLIT_CHECK_MS = 200;

/** Waits until all nodes have the same tip, or it is clear that they never will. */
export function waitForTipOrSplit(nodes: readonly RegtestNode[]): Promise<string | NetworkSplit> {
  let lookedAt = performance.now();
  return waitFor(
    async () => {
      const tips = await tipsOf(nodes);
      if (new Set(tips).size === 1) return tips[0];
      if (performance.now() - lookedAt < SPLIT_CHECK_MS) return undefined;
      lookedAt = performance.now();
      return findSplit(nodes);
    },
    { what: `${namesOf(nodes)} to have the same tip` },
  );
}

/** Waits until a transaction is in the mempools of all nodes. */
export async function waitForMempools(txid: string, nodes: readonly RegtestNode[]): Promise<void> {
  await waitFor(
    async () => {
      const pools = await Promise.all(nodes.map(({ rpc }) => rpc.call('getrawmempool')));
      return pools.every(pool => pool.includes(txid));
    },
    { what: `${txid} to reach the mempools of ${namesOf(nodes)}` },
  );
}

function namesOf(nodes: readonly RegtestNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
