import type { LabEvent } from './lab-event.js';

/** What a node makes of a transaction. */
export type TransactionState =
  /** It was never in its mempool or chain. */
  | 'unknown'
  | 'unconfirmed'
  | 'confirmed'
  /** Its block is no longer part of the chain, and it did not return to the mempool. */
  | 'reversed'
  /** One that pays more fees took its place. */
  | 'replaced'
  /** A block has one that spends the same coin. */
  | 'conflicted'
  /** It left the mempool for another reason. */
  | 'dropped';

/** What has become of it at a node. `returned`: it is back in the mempool after its block was taken out of the chain. */
export type StepKind = 'seen' | 'returned' | Exclude<TransactionState, 'unknown' | 'unconfirmed'>;

export interface TransactionStep {
  readonly seq: number;
  readonly atMs: number;
  readonly node: number;
  readonly kind: StepKind;
  /** The block that holds it, or held it. */
  readonly block?: { readonly hash: string; readonly height: number };
}

/** A transaction as one node has it. */
export interface TransactionAtNode {
  readonly state: TransactionState;
  /** 0 when it is not in the chain. */
  readonly confirmations: number;
  readonly block?: { readonly hash: string; readonly height: number };
}

/** Steps that are kept of one transaction: those of 200 nodes through a few reorganisations. The oldest go first. */
export const MAX_STORY_STEPS = 2_000;

interface NodeState {
  state: TransactionState;
  block: { readonly hash: string; readonly height: number } | undefined;
  tipHeight: number;
}

/** Follows one transaction through the events of a lab: seen, replaced, confirmed, reversed, at each node. */
export class TransactionStory {
  private readonly nodes = new Map<number, NodeState>();
  private told: TransactionStep[] = [];

  constructor(readonly txid: string) {}

  /** What happened, oldest first. */
  get steps(): readonly TransactionStep[] {
    return this.told;
  }

  /** How things stand at a node. */
  at(node: number): TransactionAtNode {
    const { state = 'unknown', block, tipHeight = 0 } = this.nodes.get(node) ?? {};
    if (state !== 'confirmed' || block === undefined) return { state, confirmations: 0 };
    return { state, block, confirmations: Math.max(1, tipHeight - block.height + 1) };
  }

  /** @returns the step, when the event is one for this transaction */
  apply(event: LabEvent): TransactionStep | undefined {
    if (event.type === 'revert') {
      this.nodes.clear();
      return undefined;
    }
    if (event.type === 'tip') this.stateOf(event.node).tipHeight = event.height;
    const kind = this.kindOf(event);
    if (kind === undefined || !('node' in event)) return undefined;
    const state = this.stateOf(event.node);
    state.state = stateAfter(kind);
    const block = 'height' in event ? { hash: event.hash, height: event.height } : undefined;
    state.block = kind === 'confirmed' ? block : undefined;
    if (kind === 'confirmed' && block !== undefined) state.tipHeight = block.height;
    const { seq, atMs, node } = event;
    const step = { seq, atMs, node, kind, ...(block === undefined ? {} : { block }) };
    this.told.push(step);
    if (this.told.length > 2 * MAX_STORY_STEPS) this.told = this.told.slice(-MAX_STORY_STEPS);
    return step;
  }

  private kindOf(event: LabEvent): StepKind | undefined {
    switch (event.type) {
      case 'txAdded':
        if (event.txid !== this.txid) return undefined;
        return this.stateOf(event.node).state === 'reversed' ? 'returned' : 'seen';
      case 'txRemoved':
        return event.txid === this.txid ? this.kindOfRemoval(event.node, event.reason) : undefined;
      case 'blockConnected':
        return event.txids.includes(this.txid) ? 'confirmed' : undefined;
      case 'blockDisconnected':
        return event.txids.includes(this.txid) ? 'reversed' : undefined;
      default:
        return undefined;
    }
  }

  private kindOfRemoval(node: number, reason: string): StepKind | undefined {
    // It left because a block has it: the block tells.
    if (reason === 'block' || this.stateOf(node).state === 'confirmed') return undefined;
    if (reason === 'replaced') return 'replaced';
    return reason === 'conflict' ? 'conflicted' : 'dropped';
  }

  private stateOf(node: number): NodeState {
    const known = this.nodes.get(node);
    if (known !== undefined) return known;
    const fresh: NodeState = { state: 'unknown', block: undefined, tipHeight: 0 };
    this.nodes.set(node, fresh);
    return fresh;
  }
}

function stateAfter(kind: StepKind): TransactionState {
  return kind === 'seen' || kind === 'returned' ? 'unconfirmed' : kind;
}
