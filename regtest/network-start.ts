import { defined } from '../src/runtime/errors.js';
import type { LabAccount } from './accounts/account.js';
import type { LabKey } from './accounts/lab-keys.js';
import type { BlockPace } from './block-pace.js';
import type { EventLog } from './events/event-log.js';
import { FirstChain } from './first-chain.js';
import { fundAccounts, fundAtPace, fundedAccounts, START_HEIGHT } from './funding.js';
import type { NetworkSetup } from './network-options.js';
import { argumentsForRules } from './network-rules.js';
import type { RegtestNode } from './node.js';

/** A network none of whose nodes was started. */
export interface StartingNetwork {
  readonly nodes: readonly RegtestNode[];
  readonly accounts: readonly LabAccount[];
  readonly faucet: LabKey;
  readonly pace: BlockPace | undefined;
  readonly events: EventLog;
  /** Makes the connections of the topology. */
  heal(): Promise<void>;
  waitForSync(): Promise<string>;
}

/**
 * Starts the nodes of a network, connects them and funds its accounts.
 *
 * @param isNew no node has kept a chain from earlier
 * @returns the accounts with what they were given
 */
export async function startNetwork(
  network: StartingNetwork,
  setup: NetworkSetup,
  isNew: boolean,
): Promise<readonly LabAccount[]> {
  const { nodes, accounts, faucet, pace } = network;
  const { fund } = setup;
  const first = defined(nodes[0], 'node 0');
  await startNodes(network, setup, fund && isNew ? await firstChain(network, setup) : undefined);
  if (fund && pace !== undefined) await fundAtPace(nodes, accounts, faucet, pace);
  // Before any block: a node without a chain asks one peer for headers, and waits long if that has none either.
  await network.heal();
  const height = await first.rpc.call('getblockcount');
  if (fund && height < START_HEIGHT) await fundAccounts(first, accounts, faucet);
  const funded = await fundedAccounts(first.rpc, accounts);
  await network.waitForSync();
  return funded;
}

async function startNodes(
  { nodes, events }: StartingNetwork,
  { onNodeUp }: NetworkSetup,
  chain: FirstChain | undefined,
): Promise<void> {
  await chain?.giveTo(nodes);
  let up = 0;
  const started = await Promise.allSettled(
    nodes.map(async node => {
      await node.host.start();
      chain?.tellOf(node, events);
      await node.openWallet();
      onNodeUp?.(++up);
    }),
  );
  for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
}

/** What all nodes are given; undefined where they have options that it may depend on: they make theirs themselves. */
async function firstChain(
  { accounts, faucet }: StartingNetwork,
  { rules, args }: NetworkSetup,
): Promise<FirstChain | undefined> {
  if (args.length > 0 || rules.proofOfWork !== undefined) return undefined;
  return FirstChain.make({ accounts, faucet, args: argumentsForRules(rules) });
}
