import { LabError } from '../../control/lab-error.js';
import type { LinkConditions } from '../../links/conditions.js';
import { MAX_BANDWIDTH_KBPS, MAX_DELAY_MS, MAX_LOSS } from '../../links/conditions.js';
import type { RegtestNetwork } from '../../network.js';
import type { RegtestNode } from '../../node.js';
import type { Command } from '../command.js';
import { allLinks, linkStatus } from '../link-status.js';
import { nodeCalled, optionalNode, pairOf, runningNode } from '../names.js';
import { invalid, needed, type ParamReader } from '../param-reader.js';

export const partition: Command<'partition'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const groups = groupsOf(network, params);
    return async () => {
      await network.partition(groups);
      return { links: allLinks(network) };
    };
  },
};

function groupsOf(network: RegtestNetwork, params: ParamReader): readonly (readonly RegtestNode[])[] {
  const most = network.nodes.length;
  const lists = needed(params.array('groups', most), 'groups');
  const groups = lists.map(list => {
    if (!Array.isArray(list) || list.length === 0 || list.length > most)
      throw invalid('each of the groups is a list of nodes');
    return list.map(entry => nodeCalled(network, entry));
  });
  if (groups.length === 0)
    throw invalid('groups has at least one group; the nodes in no group form one more');
  const all = groups.flat();
  const twice = all.find((node, at) => all.indexOf(node) !== at);
  if (twice !== undefined) throw invalid(`${twice.name} is in the groups more than once`);
  return groups;
}

export const heal: Command<'heal'> = {
  manner: 'steer',
  prepare:
    ({ network }) =>
    async () => {
      await network.heal();
      return { links: allLinks(network) };
    },
};

export const connect: Command<'connect'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const [a, b] = pairOf(network, params);
    return async () => {
      if (network.link(a, b).conditions.down)
        throw new LabError('conflict', `the link between ${a.name} and ${b.name} is down`);
      await network.connect(runningNode(a), runningNode(b));
      return linkStatus(network, a, b);
    };
  },
};

export const disconnect: Command<'disconnect'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const [a, b] = pairOf(network, params);
    return async () => {
      await network.disconnect(a, b);
      return linkStatus(network, a, b);
    };
  },
};

export const link: Command<'link'> = {
  manner: 'act',
  prepare: ({ network }, params) => {
    const one = pairIfTold(network, params);
    const changes = changesIn(params);
    return async () => {
      const pairs = one === undefined ? everyPair(network) : [one];
      if (Object.keys(changes).length > 0)
        await Promise.all(pairs.map(([a, b]) => network.link(a, b).set(changes)));
      return { links: pairs.map(([a, b]) => linkStatus(network, a, b)) };
    };
  },
};

type Pair = readonly [RegtestNode, RegtestNode];

function pairIfTold(network: RegtestNetwork, params: ParamReader): Pair | undefined {
  const told = [optionalNode(network, params, 'a'), optionalNode(network, params, 'b')];
  return told.every(node => node === undefined) ? undefined : pairOf(network, params);
}

function everyPair(network: RegtestNetwork): readonly Pair[] {
  return allLinks(network).map(({ nodes: [a, b] }) => [network.node(a), network.node(b)]);
}

function changesIn(params: ParamReader): Partial<LinkConditions> {
  const changes = {
    latencyMs: params.number('latencyMs', 0, MAX_DELAY_MS),
    jitterMs: params.number('jitterMs', 0, MAX_DELAY_MS),
    bandwidthKbps: params.number('bandwidthKbps', 0, MAX_BANDWIDTH_KBPS),
    loss: params.number('loss', 0, MAX_LOSS),
    down: params.flag('down'),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
