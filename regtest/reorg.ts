import type { RegtestNode } from './node.js';

/** How far a node moved from a former tip to its present one. */
export interface Reorganization {
  /** Blocks taken out of the chain. */
  readonly disconnected: number;
  /** Blocks put in their place. */
  readonly connected: number;
}

/** Counts what a node did to come from `formerTip` to its tip: it says itself which of the former blocks it left. */
export async function measureReorganization(node: RegtestNode, formerTip: string): Promise<Reorganization> {
  let disconnected = 0;
  let header = await node.rpc.call('getblockheader', formerTip);
  while (header.confirmations < 0 && header.previousblockhash !== undefined) {
    disconnected++;
    header = await node.rpc.call('getblockheader', header.previousblockhash);
  }
  return { disconnected, connected: (await node.rpc.call('getblockcount')) - header.height };
}
