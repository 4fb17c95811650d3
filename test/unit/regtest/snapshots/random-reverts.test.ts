import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { settle, stateOf } from '../../../../bench/network-state.js';
import { RegtestNetwork } from '../../../../regtest/network.js';
import type { RegtestNode } from '../../../../regtest/node.js';
import { RpcCallError } from '../../../../regtest/rpc/caller.js';
import type { NetworkSnapshot } from '../../../../regtest/snapshots/network-snapshot.js';

const NODES = 3;
const node = fc.nat(NODES - 1);

type Step =
  | { readonly do: 'mine'; readonly node: number; readonly blocks: number }
  | { readonly do: 'pay'; readonly from: number; readonly to: number }
  | { readonly do: 'cut'; readonly node: number }
  | { readonly do: 'heal' }
  | { readonly do: 'snapshot' }
  | { readonly do: 'revert' | 'drop'; readonly which: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('mine'), node, blocks: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('pay'), from: node, to: node }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cut'), node }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('heal') }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('snapshot') }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('revert', 'drop'), which: fc.nat(20) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('revert'), which: fc.nat(20) }) },
  ) as fc.Arbitrary<Step>,
  { minLength: 15, maxLength: 30 },
);

interface Taken {
  readonly snapshot: NetworkSnapshot;
  readonly state: string;
  readonly cutOff: number | undefined;
}

/** A network and what was seen of it, for steps to be done on. */
class Run {
  private taken: Taken[] = [];
  private cutOff: number | undefined;
  reverts = 0;

  constructor(private readonly network: RegtestNetwork) {}

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'mine':
        // Two that mine at once would have branches of the same length, which nothing decides between.
        await settle(this.groups);
        await this.node(step.node).mine(step.blocks);
        break;
      case 'pay':
        await this.pay(this.node(step.from), this.node(step.to));
        break;
      case 'cut':
        await this.cut(step.node);
        break;
      case 'heal':
        await this.heal();
        break;
      case 'snapshot':
        await settle(this.groups);
        this.taken.push({
          snapshot: await this.network.snapshot(),
          state: await stateOf(this.network),
          cutOff: this.cutOff,
        });
        break;
      case 'revert':
        await this.revert(step.which);
        break;
      case 'drop':
        await this.drop(step.which);
    }
  }

  async dropAll(): Promise<void> {
    for (const { snapshot } of this.taken) await this.network.drop(snapshot);
  }

  private get groups(): readonly (readonly RegtestNode[])[] {
    const { nodes } = this.network;
    const alone = nodes.filter(({ index }) => index === this.cutOff);
    return [alone, nodes.filter(one => !alone.includes(one))];
  }

  private node(index: number): RegtestNode {
    return this.network.node(index);
  }

  private async cut(node: number): Promise<void> {
    if (this.cutOff !== undefined) return;
    await settle(this.groups);
    await this.network.partition([[this.node(node)]]);
    this.cutOff = node;
  }

  private async heal(): Promise<void> {
    await settle(this.groups);
    await this.network.heal();
    this.cutOff = undefined;
    const heights = await Promise.all(this.network.nodes.map(({ rpc }) => rpc.call('getblockcount')));
    await this.node(heights.indexOf(Math.max(...heights))).mine();
    await this.network.waitForSync();
    // What only one side has heard of is not told again: everybody confirms what he knows.
    for (const one of this.network.nodes) {
      await one.mine();
      await this.network.waitForSync();
    }
  }

  private async pay(from: RegtestNode, to: RegtestNode): Promise<void> {
    await from.wallet().call('sendtoaddress', to.key.address, 0.01).catch(refused);
  }

  private async revert(which: number): Promise<void> {
    const to = this.taken[which % Math.max(this.taken.length, 1)];
    if (to === undefined) return;
    await this.network.revert(to.snapshot);
    this.cutOff = to.cutOff;
    this.reverts++;
    expect(await stateOf(this.network)).toBe(to.state);
  }

  private async drop(which: number): Promise<void> {
    const [gone] = this.taken.splice(which % Math.max(this.taken.length, 1), 1);
    if (gone !== undefined) await this.network.drop(gone.snapshot);
  }
}

/** Funds may be all on their way, and a transaction known or in conflict. */
function refused(thrown: unknown): void {
  if (!(thrown instanceof RpcCallError)) throw thrown;
}

let network: RegtestNetwork;
let funded: NetworkSnapshot;

beforeAll(async () => {
  network = await RegtestNetwork.create({ nodes: NODES, mode: 'inProcess' });
  funded = await network.snapshot();
});

afterAll(() => network.stop());

it('a network that is at work is after every revert what it was when the snapshot was taken', async () => {
  let reverts = 0;
  await fc.assert(
    fc.asyncProperty(steps, async list => {
      await network.revert(funded);
      const run = new Run(network);
      for (const step of list) await run.step(step);
      await run.dropAll();
      reverts += run.reverts;
    }),
    { seed: 4, numRuns: 4, endOnFailure: true },
  );
  expect(reverts).toBeGreaterThan(10);
});
