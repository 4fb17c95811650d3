import { ifAnswering } from '../answering.js';
import type { RegtestNode } from '../node.js';
import { waitAtMost } from '../wait.js';

/** Blocks take longer only over links that are bad, or cut. */
const PATIENCE_MS = 5_000;

/** Waits until no running node waits for a block from another, or for as long as is reasonable. */
export async function waitForDownloads(nodes: readonly RegtestNode[]): Promise<void> {
  await waitAtMost(
    async () => {
      const waiting = await Promise.all(nodes.map(isDownloading));
      return !waiting.includes(true);
    },
    { what: 'blocks to arrive', timeoutMs: PATIENCE_MS },
  );
}

async function isDownloading(node: RegtestNode): Promise<boolean> {
  const peers = await ifAnswering(node, () => node.rpc.call('getpeerinfo'));
  return peers?.some(({ inflight }) => inflight.length > 0) ?? false;
}
