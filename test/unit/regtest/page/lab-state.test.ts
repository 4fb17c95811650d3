import { describe, expect, it } from 'vitest';
import { planAttack } from '../../../../regtest/attacks/attack-plan.js';
import { LabState, reachableGroups } from '../../../../regtest/page/state/lab-state.js';
import { MAX_TRANSACTIONS, MAX_TREE_BLOCKS } from '../../../../regtest/page/state/limits.js';
import { mainTip, tipsOf } from '../../../../regtest/page/state/tips.js';
import { ModelLab } from '../../../browser/support/model-lab.js';

/** The state of a page that was opened now, and follows the lab from here on. */
function follow(lab: ModelLab): LabState {
  const state = new LabState();
  state.reset(lab.view());
  lab.subscribe(event => state.apply(event));
  return state;
}

describe('the state that the page shows', () => {
  it('after any events is that of a page opened later', () => {
    const lab = new ModelLab({ nodes: 4, topology: 'ring', blocks: 3 });
    const state = follow(lab);
    lab.pay();
    lab.mine(1);
    lab.mine(3, [], true);
    lab.pay([0, 1]);
    lab.setLink(1, 2, { latencyMs: 70 });
    lab.setLink(0, 3, {}, false);
    const later = new LabState();
    later.reset(lab.view());
    const seen = (of: LabState) => ({
      seq: of.seq,
      tips: of.nodes.map(({ height, tip }) => ({ height, tip })),
      pools: of.nodes.map(node => of.mempoolSize(node)),
      links: [...of.links.values()],
      blocks: of.tree.page(),
    });
    expect(seen(state)).toEqual(seen(later));
  });

  it('takes a block for private until another node has it', () => {
    const lab = new ModelLab({ nodes: 3 });
    const state = follow(lab);
    const hash = lab.mine(2, [], true);
    expect(state.tree.get(hash)).toMatchObject({ isPrivate: true, finder: 2 });
    expect(mainTip(state)).not.toBe(hash);
    state.apply({
      seq: lab.lastSeq + 1,
      atMs: 0,
      type: 'blockStored',
      node: 0,
      ...{ hash, parent: lab.tip(0).hash, height: 1, time: 0, txs: 1, bytes: 250, from: 'node2' },
    });
    expect(state.tree.get(hash)?.isPrivate).toBe(false);
  });

  it('takes a block for private as long as only those have it to whom it is shown', () => {
    const lab = new ModelLab({ nodes: 3 });
    const state = follow(lab);
    const hash = lab.mine(2, [], true);
    const { height } = lab.tip(2);
    const at = { atMs: 0, hash, height } as const;
    const got = { ...at, type: 'blockStored', parent: lab.tip(0).hash, time: 0, txs: 1, bytes: 250 } as const;
    const seq = lab.lastSeq;
    state.apply({ ...at, seq: seq + 1, type: 'blockFound', node: 2, isPrivate: true, shownTo: [0] });
    state.apply({ ...got, seq: seq + 2, node: 0, from: 'node2' });
    expect(state.tree.get(hash)?.isPrivate).toBe(true);
    state.apply({ ...got, seq: seq + 3, node: 1, from: 'node2' });
    expect(state.tree.get(hash)?.isPrivate).toBe(false);
  });

  it('knows the life of a transaction at every node', () => {
    const lab = new ModelLab({ nodes: 2 });
    const state = follow(lab);
    const txid = lab.pay();
    const block = lab.mine(0);
    const steps = state.transactions.get(txid)?.steps ?? [];
    expect(steps.map(({ node, kind, block: where }) => [node, kind, where?.hash])).toEqual([
      [0, 'seen', undefined],
      [1, 'seen', undefined],
      [0, 'confirmed', block],
      [1, 'confirmed', block],
    ]);
  });

  it('asks for everything again when the lab was reverted, or told too much', () => {
    const lab = new ModelLab({ nodes: 1 });
    const state = follow(lab);
    lab.tell({ type: 'revert', name: 'before' });
    expect(state.isStale).toBe(true);
    state.reset(lab.view());
    expect(state.isStale).toBe(false);
    lab.tell({ type: 'lost', node: 0, events: 3 });
    expect(state.isStale).toBe(true);
  });

  it('takes from a later status what has no event, and leaves what events have told meanwhile', () => {
    const lab = new ModelLab({ nodes: 2 });
    lab.pay();
    const early = lab.status();
    const state = follow(lab);
    lab.tell({ type: 'mining', plan: { kind: 'transaction' } });
    lab.tell({ type: 'clock', clock: { time: 7, offset: 7, frozen: true } });
    lab.pay();
    state.refresh({ ...early, recording: '/tmp/run.jsonl' });
    expect(state.status).toMatchObject({
      recording: '/tmp/run.jsonl',
      mining: { kind: 'transaction' },
      clock: { time: 7 },
    });
    expect(state.nodes.map(node => state.mempoolSize(node))).toEqual([2, 2]);
  });

  it('counts a mempool anew when nothing has happened since it was told', () => {
    const lab = new ModelLab({ nodes: 2 });
    // The view was counted after this event, which comes as well.
    const view = lab.view();
    lab.pay();
    const state = new LabState();
    state.reset({ ...view, status: { ...lab.status(), seq: view.status.seq } });
    for (const event of lab.since(view.status.seq)) state.apply(event);
    expect(state.nodes.map(node => state.mempoolSize(node))).toEqual([2, 2]);
    state.refresh(lab.status());
    expect(state.nodes.map(node => state.mempoolSize(node))).toEqual([1, 1]);
  });

  it('knows that an attack is over when it has ended or was stopped', () => {
    const lab = new ModelLab({ nodes: 2 });
    const state = follow(lab);
    const plan = planAttack({ kind: 'double-spend', confirmations: 1 }, 'live');
    for (const last of [
      { type: 'end', success: true, outcome: 'double spend' },
      { type: 'stopped', reason: 'the attack was stopped' },
    ] as const) {
      lab.tell({ type: 'attack', attack: 1, event: { type: 'start', plan, roles: [], theory: 1 } });
      expect(state.status?.attack).toEqual({ attack: 1, kind: 'double-spend' });
      lab.tell({ type: 'attack', attack: 1, event: last });
      expect(state.status?.attack).toBeUndefined();
    }
  });

  it('does not grow beyond its limits', () => {
    const lab = new ModelLab({ nodes: 1 });
    const state = follow(lab);
    for (let made = 0; made < MAX_TRANSACTIONS + 50; made++) lab.pay();
    expect(state.transactions.size).toBe(MAX_TRANSACTIONS);
    for (let made = 0; made < MAX_TREE_BLOCKS + 20; made++) {
      const [hash, parent] = [`b${made}`, `b${made - 1}`];
      state.tree.add({ hash, parent, height: made + 1, time: 0, txs: 1, bytes: 250 }, 0);
    }
    expect(state.tree.size).toBe(MAX_TREE_BLOCKS);
    expect(state.tree.top).toBe(MAX_TREE_BLOCKS + 20);
  });

  it('lists tips from the highest, and of equals the one that more nodes have', () => {
    const lab = new ModelLab({ nodes: 5 });
    const state = follow(lab);
    const few = lab.mine(0, [1]);
    const many = lab.mine(2, [3, 4]);
    expect(tipsOf(state).map(({ hash, nodes }) => [hash, nodes.length])).toEqual([
      [many, 3],
      [few, 2],
    ]);
  });
});

describe('groups of nodes that reach each other', () => {
  it('are joined by links that are up', () => {
    const lab = new ModelLab({ nodes: 4, topology: 'line' });
    expect(reachableGroups(4, lab.links)).toEqual([[0, 1, 2, 3]]);
    lab.setLink(1, 2, { down: true });
    expect(reachableGroups(4, lab.links)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    lab.setLink(0, 1, {}, false);
    expect(reachableGroups(4, lab.links)).toEqual([[0], [1], [2, 3]]);
  });
});
