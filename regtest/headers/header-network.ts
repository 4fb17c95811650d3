import { type HeaderId, NO_HEADER } from '../../src/consensus/chain-view.js';
import { HeaderNode, type NodePolicy } from './header-node.js';
import type { RunObserver } from './run-observer.js';
import { GENESIS, type HeaderFacts, HeaderMaker } from './synthetic-header.js';

/**
 * A handful of nodes as headers alone. A block that is found is a header in all trees at once, under one id; each node
 * considers it from when it receives it.
 */
export class HeaderNetwork {
  readonly nodes: readonly HeaderNode[];
  private readonly maker = new HeaderMaker();

  /**
   * @param policies one for each node
   * @param genesis what the first header says; without it as on regtest
   */
  constructor(
    policies: readonly NodePolicy[],
    genesis: HeaderFacts = GENESIS,
    private readonly observer?: RunObserver | undefined,
  ) {
    this.nodes = policies.map((policy, index) => new HeaderNode(policy, index, observer));
    const id = this.addToTrees(NO_HEADER, genesis);
    for (const node of this.nodes) node.receive(id);
    observer?.network(policies.length);
  }

  get size(): number {
    return (this.nodes[0] as HeaderNode).tree.size;
  }

  /** Somebody finds a block on top of `prev`; nobody has received it yet. */
  find(prev: HeaderId, facts?: HeaderFacts): HeaderId {
    const id = this.addToTrees(prev, facts);
    this.observer?.found(id, prev, (this.nodes[0] as HeaderNode).tree.height(id));
    return id;
  }

  private addToTrees(prev: HeaderId, facts?: HeaderFacts): HeaderId {
    let id = NO_HEADER;
    for (const { tree } of this.nodes) id = this.maker.addTo(tree, prev, facts);
    return id;
  }
}
