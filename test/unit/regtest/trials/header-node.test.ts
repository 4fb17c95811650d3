import { describe, expect, it } from 'vitest';
import { HeaderNetwork } from '../../../../regtest/headers/header-network.js';
import type { HeaderNode } from '../../../../regtest/headers/header-node.js';
import { FIRST_HEADER, Retargeting } from '../../../../regtest/headers/retargeting.js';

function branch(network: HeaderNetwork, from: number, length: number): number[] {
  const ids: number[] = [];
  for (let prev = from; ids.length < length; prev = ids.at(-1) ?? from) ids.push(network.find(prev));
  return ids;
}

function receive(node: HeaderNode | undefined, ids: readonly number[]): void {
  for (const id of ids) node?.receive(id);
}

describe('nodes as headers', () => {
  it('stay with what they saw first, and move to more work', () => {
    const network = new HeaderNetwork([{}, {}]);
    const [a, b] = network.nodes;
    const [one, two] = [branch(network, 0, 2), branch(network, 0, 2)];
    receive(a, [...one, ...two]);
    receive(b, [...two, ...one]);
    expect([a?.tip, b?.tip]).toEqual([one[1], two[1]]);
    const next = network.find(one[1] ?? 0);
    receive(a, [next]);
    receive(b, [next]);
    expect([a?.tip, b?.tip]).toEqual([next, next]);
    expect(a?.lastReorganization).toEqual({ disconnected: 0, connected: 0 });
    expect(b?.lastReorganization).toEqual({ disconnected: 2, connected: 3 });
    expect(b?.above(1)).toEqual([one[1], next]);
  });

  it('can prefer a branch of equal work, not one of less', () => {
    const network = new HeaderNetwork([{}]);
    const [node] = network.nodes;
    const [one, two, short] = [branch(network, 0, 2), branch(network, 0, 2), branch(network, 0, 1)];
    receive(node, [...one, ...two, ...short]);
    node?.prefer(short[0] ?? 0);
    expect(node?.tip).toBe(one[1]);
    node?.prefer(two[1] ?? 0);
    expect(node?.tip).toBe(two[1]);
  });

  it('with a limit refuse deeper reorganisations for ever', () => {
    const network = new HeaderNetwork([{ maxReorg: 2 }, {}]);
    const [limited, free] = network.nodes;
    const [one, two] = [branch(network, 0, 3), branch(network, 0, 6)];
    for (const node of network.nodes) receive(node, [...one, ...two]);
    expect(limited?.tip).toBe(one[2]);
    expect(free?.tip).toBe(two[5]);
    const own = network.find(one[2] ?? 0);
    receive(limited, [own]);
    expect(limited?.tip).toBe(own);
  });

  it('with a limit allow reorganisations up to it', () => {
    const network = new HeaderNetwork([{ maxReorg: 3 }]);
    const [one, two] = [branch(network, 0, 3), branch(network, 0, 4)];
    receive(network.nodes[0], [...one, ...two]);
    expect(network.nodes[0]?.tip).toBe(two[3]);
  });
});

describe('retargeting of header chains', () => {
  it('makes blocks easier when they come too slowly, by the node’s rule', () => {
    const period = 20;
    const retargeting = new Retargeting(period);
    const network = new HeaderNetwork([{}], FIRST_HEADER);
    const tree = network.nodes[0]?.tree;
    if (tree === undefined) throw new Error('no node');
    let tip = 0;
    for (let height = 1; height < period; height++)
      tip = network.find(tip, retargeting.factsOn(tip, height * 2, tree));
    // Nineteen intervals of twice the time aimed at, measured against twenty.
    expect(retargeting.easeOn(tip, tree)).toBeCloseTo((2 * 19) / 20, 3);
    expect(retargeting.easeOn(0, tree)).toBe(1);
  });

  it('never changes anything without a period', () => {
    const retargeting = new Retargeting(Number.POSITIVE_INFINITY);
    const network = new HeaderNetwork([{}], FIRST_HEADER);
    const tree = network.nodes[0]?.tree;
    if (tree === undefined) throw new Error('no node');
    let tip = 0;
    for (let height = 1; height <= 4100; height++)
      tip = network.find(tip, retargeting.factsOn(tip, height / 9, tree));
    expect(retargeting.easeOn(tip, tree)).toBe(1);
  });
});
