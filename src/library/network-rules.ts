import { chainParams } from '../consensus/networks.js';
import type { ConsensusParams } from '../consensus/params.js';
import { bytesArgument, shown } from './arguments.js';
import { NETWORKS, type Network } from './networks.js';
import { UsageError } from './usage-error.js';

/** Building the parameters costs a genesis block; they never change. */
const known = new Map<Network, ConsensusParams>();

/**
 * The rules of a network.
 *
 * @param challenge of a signet of one's own (BIP325); the public signet's when undefined
 */
export function networkRules(network: unknown, challenge?: unknown): ConsensusParams {
  const name = NETWORKS.find(candidate => candidate === network);
  if (name === undefined) {
    const text = `unknown network ${shown(network)}; there are ${NETWORKS.join(', ')}`;
    throw new UsageError('unknown-network', text);
  }
  if (challenge !== undefined) return customSignet(name, challenge);
  const rules = known.get(name) ?? chainParams(name).consensus;
  known.set(name, rules);
  return rules;
}

function customSignet(name: Network, challenge: unknown): ConsensusParams {
  if (name !== 'signet') {
    throw new UsageError('bad-argument', `signetChallenge is for the network signet, not ${name}`);
  }
  return chainParams(name, { signetChallenge: bytesArgument(challenge, 'signetChallenge') }).consensus;
}
