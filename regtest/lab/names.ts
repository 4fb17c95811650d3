import { chainParams } from '../../src/consensus/networks.js';
import { decodeAddress } from '../../src/script/address.js';
import { LabError } from '../control/lab-error.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { invalid, needed, type ParamReader, show } from './param-reader.js';

const PARAMS = chainParams('regtest').address;

/** The node that a parameter tells by number or name; undefined when it is missing. @throws LabError when there is none */
export function optionalNode(
  network: RegtestNetwork,
  params: ParamReader,
  name: string,
): RegtestNode | undefined {
  const value = params.raw(name);
  return value === undefined ? undefined : nodeCalled(network, value);
}

/** The same for a parameter that must be there. */
export function nodeOf(network: RegtestNetwork, params: ParamReader, name: string): RegtestNode {
  return needed(optionalNode(network, params, name), name);
}

/** Two nodes that are not the same. */
export function pairOf(network: RegtestNetwork, params: ParamReader): readonly [RegtestNode, RegtestNode] {
  const a = nodeOf(network, params, 'a');
  const b = nodeOf(network, params, 'b');
  if (a === b) throw invalid(`a and b are the same node, ${a.name}`);
  return [a, b];
}

/** @throws LabError when there is no such node */
export function nodeCalled(network: RegtestNetwork, value: unknown): RegtestNode {
  const found = findNode(network, value);
  if (found === undefined)
    throw new LabError('unknown', `there is no node ${show(value)}: ${whoIs(network)}`);
  return found;
}

/** The node that a parameter tells, if that is what it tells. */
export function nodeIfTold(
  network: RegtestNetwork,
  params: ParamReader,
  name: string,
): RegtestNode | undefined {
  return findNode(network, params.raw(name));
}

/** The address that a parameter gives, or that of the node it tells. @throws LabError when it is neither */
export function addressOf(network: RegtestNetwork, params: ParamReader, name: string): string {
  const value = needed(params.raw(name), name);
  const node = findNode(network, value);
  if (node !== undefined) return node.key.address;
  if (typeof value === 'string' && 'destination' in decodeAddress(value, PARAMS)) return value;
  throw new LabError(
    'unknown',
    `${name} is neither a node nor an address of regtest: ${show(value)}; ${whoIs(network)}`,
  );
}

/** @throws LabError unless the node runs */
export function runningNode(node: RegtestNode): RegtestNode {
  if (node.isRunning) return node;
  throw new LabError('conflict', `${node.name} does not run: start it first`);
}

/** By number, a number as text, or name. */
function findNode({ nodes }: RegtestNetwork, value: unknown): RegtestNode | undefined {
  return nodes.find(({ index, name }) => value === index || value === String(index) || value === name);
}

function whoIs({ nodes }: RegtestNetwork): string {
  const [first, last] = [nodes[0], nodes.at(-1)];
  return first === last ? `there is ${first?.name} only` : `there are ${first?.name} to ${last?.name}`;
}
