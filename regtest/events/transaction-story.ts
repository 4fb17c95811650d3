import type { TxRemovalReason } from '../../src/node/node-event.js';
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
  /** Why a mempool let go of it. */
  readonly reason?: TxRemovalReason;
}

/** A transaction as one node has it. */
export interface TransactionAtNode {
  readonly state: TransactionState;
  /** 0 when it is not in the chain. */
  readonly confirmations: number;
  readonly block?: { readonly hash: string; readonly height: number };
}

/** Events that tell of transactions. */
export type TransactionEvent = Extract<
  LabEvent,
  { readonly type: 'txAdded' | 'txRemoved' | 'blockConnected' | 'blockDisconnected' }
>;

/** Steps that are kept of one transaction: those of 200 nodes through a few reorganisations. The oldest go first. */
export const MAX_STORY_STEPS = 2_000;

/** Follows one transaction through the events of a lab: seen, replaced, confirmed, reversed, at each node. */
export class TransactionStory {
  private told: TransactionStep[] = [];
  /** Steps before this one are of states that a revert has put away. */
  private begin = 0;
  /** Heights of the nodes' tips, of those that were told. */
  private readonly tips = new Map<number, number>();

  /** @param maxSteps as many are kept; twice as many at times */
  constructor(
    readonly txid: string,
    private readonly maxSteps = MAX_STORY_STEPS,
  ) {}

  /** What happened, oldest first. */
  get steps(): readonly TransactionStep[] {
    return this.told;
  }

  /** How things stand at a node. */
  at(node: number): TransactionAtNode {
    const last = this.lastOf(node);
    const state = last === undefined ? 'unknown' : stateAfter(last.kind);
    if (state !== 'confirmed' || last?.block === undefined) return { state, confirmations: 0 };
    const { block } = last;
    return { state, block, confirmations: Math.max(1, (this.tips.get(node) ?? 0) - block.height + 1) };
  }

  /** @returns the step, when the event is one for this transaction */
  apply(event: LabEvent): TransactionStep | undefined {
    switch (event.type) {
      case 'revert':
        this.begin = this.told.length;
        this.tips.clear();
        return undefined;
      case 'tip':
        this.tips.set(event.node, event.height);
        return undefined;
      case 'txAdded':
      case 'txRemoved':
        return event.txid === this.txid ? this.take(event) : undefined;
      case 'blockConnected':
      case 'blockDisconnected':
        return event.txids.includes(this.txid) ? this.take(event) : undefined;
      default:
        return undefined;
    }
  }

  /** The same for an event that is known to be about this transaction: it is not looked for in a block. */
  take(event: TransactionEvent): TransactionStep | undefined {
    const kind = this.kindOf(event);
    if (kind === undefined) return undefined;
    const { seq, atMs, node } = event;
    const block = 'height' in event ? { block: { hash: event.hash, height: event.height } } : {};
    const reason = event.type === 'txRemoved' ? { reason: event.reason } : {};
    const step = { seq, atMs, node, kind, ...block, ...reason };
    this.told.push(step);
    if (this.told.length > 2 * this.maxSteps) this.dropOldest();
    return step;
  }

  /** A story that goes its own way from here on. */
  clone(): TransactionStory {
    const copy = new TransactionStory(this.txid, this.maxSteps);
    copy.told = [...this.told];
    copy.begin = this.begin;
    for (const [node, height] of this.tips) copy.tips.set(node, height);
    return copy;
  }

  private dropOldest(): void {
    const dropped = this.told.length - this.maxSteps;
    this.told = this.told.slice(dropped);
    this.begin = Math.max(0, this.begin - dropped);
  }

  private lastOf(node: number): TransactionStep | undefined {
    for (let at = this.told.length - 1; at >= this.begin; at--)
      if (this.told[at]?.node === node) return this.told[at];
    return undefined;
  }

  private kindOf(event: TransactionEvent): StepKind | undefined {
    switch (event.type) {
      case 'txAdded':
        return this.lastOf(event.node)?.kind === 'reversed' ? 'returned' : 'seen';
      case 'txRemoved':
        return this.kindOfRemoval(event.node, event.reason);
      case 'blockConnected':
        return 'confirmed';
      case 'blockDisconnected':
        return 'reversed';
    }
  }

  private kindOfRemoval(node: number, reason: TxRemovalReason): StepKind | undefined {
    // It left because a block has it: the block tells.
    if (reason === 'block' || this.lastOf(node)?.kind === 'confirmed') return undefined;
    if (reason === 'replaced') return 'replaced';
    return reason === 'conflict' ? 'conflicted' : 'dropped';
  }
}

function stateAfter(kind: StepKind): TransactionState {
  return kind === 'seen' || kind === 'returned' ? 'unconfirmed' : kind;
}
