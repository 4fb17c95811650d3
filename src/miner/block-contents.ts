import { witnessCommitment } from '../consensus/witness.js';
import type { Mempool } from '../mempool/mempool.js';
import {
  type MiningView,
  type Selection,
  type SelectionLimits,
  selectPackages,
} from './package-selection.js';

/** What a block holds besides its coinbase. */
export interface BlockContent extends Selection {
  /** Output script of the coinbase. As in Core it is there before segwit is active, too. */
  readonly witnessCommitment: Uint8Array;
}

/**
 * Chooses what the next block holds. Who asks again before anything has changed that the choice depends on gets the same
 * once more.
 */
export class BlockContents {
  private last:
    | { readonly updates: number; readonly limits: SelectionLimits; readonly content: BlockContent }
    | undefined;

  constructor(private readonly mempool: MiningView & Pick<Mempool, 'updates'>) {}

  choose(limits: SelectionLimits): BlockContent {
    const { updates } = this.mempool;
    const { last } = this;
    if (last !== undefined && last.updates === updates && areSame(last.limits, limits)) return last.content;
    const content = withCommitment(selectPackages(this.mempool, limits));
    this.last = { updates, limits, content };
    return content;
  }
}

/** That of a block with a coinbase only. */
export function emptyContent(limits: SelectionLimits): BlockContent {
  const { reservedWeight: weight, reservedSigOpCost: sigOpCost } = limits;
  return withCommitment({ entries: [], fees: 0, weight, sigOpCost });
}

function withCommitment(selection: Selection): BlockContent {
  return { ...selection, witnessCommitment: witnessCommitment(selection.entries.map(entry => entry.tx)) };
}

function areSame(a: SelectionLimits, b: SelectionLimits): boolean {
  return (Object.keys(a) as (keyof SelectionLimits)[]).every(name => a[name] === b[name]);
}
