import type { RegtestNetwork } from '../network.js';
import type { Casting, Role } from './attack-event.js';

/** A merchant, at least one honest miner, and an attacker; for other kinds as many nodes of other roles. */
export const MIN_ATTACK_NODES = 3;

/** Gives each node its role, by its number and the number of nodes. @throws RangeError when there are too few nodes */
export function castNodes(
  { nodes }: RegtestNetwork,
  roleOf: (node: number, nodes: number) => Role,
  least = MIN_ATTACK_NODES,
): Casting[] {
  if (nodes.length < least) throw new RangeError(`this attack needs ${least} nodes or more`);
  return nodes.map(({ index, name }) => ({ node: index, name, role: roleOf(index, nodes.length) }));
}

/** The first node is the merchant, the last the attacker, those between are honest miners. */
export function merchantAndAttacker(node: number, nodes: number): Role {
  if (node === nodes - 1) return 'attacker';
  return node === 0 ? 'merchant' : 'miner';
}
