import type { LabState } from '../state/lab-state.js';
import type { Route } from '../ui/router.js';
import { CommandFailed, type LabApi } from './lab-api.js';

/** What a height, hash, txid or address leads to; undefined when no running node knows it. */
export async function find(
  api: LabApi | undefined,
  state: LabState,
  text: string,
): Promise<Route | undefined> {
  if (/^\d{1,9}$/.test(text)) return blockAt(state, api, Number(text));
  if (/^[0-9a-f]{64}$/i.test(text)) return hashOrTxid(state, api, text.toLowerCase());
  return isAddress(state, api, text);
}

async function blockAt(state: LabState, api: LabApi | undefined, height: number): Promise<Route | undefined> {
  const node = bestNode(state);
  const hash = await ask(api, node, 'getblockhash', [height]);
  const id = typeof hash === 'string' ? hash : state.tree.at(height)[0]?.hash;
  return id === undefined ? undefined : { view: 'block', id };
}

async function hashOrTxid(state: LabState, api: LabApi | undefined, id: string): Promise<Route | undefined> {
  if (state.tree.get(id) !== undefined) return { view: 'block', id };
  if (state.transactions.get(id) !== undefined) return { view: 'tx', id };
  const node = bestNode(state);
  if ((await ask(api, node, 'getblockheader', [id])) !== undefined) return { view: 'block', id };
  // A transaction may be deep in the chain: its page looks for it.
  return { view: 'tx', id };
}

async function isAddress(state: LabState, api: LabApi | undefined, id: string): Promise<Route | undefined> {
  const answer = await ask(api, bestNode(state), 'validateaddress', [id]);
  const isValid =
    typeof answer === 'object' && answer !== null && 'isvalid' in answer && answer.isvalid === true;
  return isValid ? { view: 'address', id } : undefined;
}

/** A running node with the greatest height. */
export function bestNode({ nodes }: LabState): number | undefined {
  const running = nodes.filter(node => node.running);
  return running.sort((a, b) => b.height - a.height)[0]?.index;
}

/** A node's answer, undefined when it refuses. @throws CommandFailed for all other reasons */
export async function ask(
  api: LabApi | undefined,
  node: number | undefined,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  if (api === undefined || node === undefined) return undefined;
  try {
    return await api.call('rpc', { node, method, params });
  } catch (thrown) {
    if (thrown instanceof CommandFailed && thrown.code === 'refused') return undefined;
    throw thrown;
  }
}
