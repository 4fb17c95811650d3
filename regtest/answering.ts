import type { RegtestNode } from './node.js';
import { RPC_IN_WARMUP, RpcCallError, RpcUnreachable } from './rpc/caller.js';

/**
 * What `ask` gets from a node that may end, or not be up yet, at any moment.
 *
 * @returns undefined when the node does not answer. @throws what `ask` throws when it does
 */
export async function ifAnswering<T>(node: RegtestNode, ask: () => Promise<T>): Promise<T | undefined> {
  if (!node.isRunning) return undefined;
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof RpcUnreachable) return undefined;
    if (thrown instanceof RpcCallError && thrown.code === RPC_IN_WARMUP) return undefined;
    throw thrown;
  }
}
