import { type NetworkOptions, RegtestNetwork } from '../../../regtest/index.js';
import { tellingProgress } from './progress.js';
import { count, type Terminal } from './terminal.js';

/** Starts a network, and tells how far that is. */
export async function startNetwork(
  terminal: Terminal,
  options: NetworkOptions & { readonly nodes: number },
): Promise<RegtestNetwork> {
  const { nodes } = options;
  let up = 0;
  terminal.say(`Starting ${count(nodes, 'node')} …`);
  const onNodeUp = (count: number) => {
    up = count;
  };
  return tellingProgress(
    terminal,
    () => RegtestNetwork.create({ ...options, onNodeUp }),
    () => (up === nodes ? 'all nodes are up, and join' : `${up} of ${count(nodes, 'node')} up`),
  );
}
