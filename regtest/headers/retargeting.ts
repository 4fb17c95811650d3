import type { HeaderId, HeaderView } from '../../src/consensus/chain-view.js';
import { chainParams } from '../../src/consensus/networks.js';
import type { ConsensusParams } from '../../src/consensus/params.js';
import { nextWorkRequired } from '../../src/consensus/pow.js';
import { decodeCompact } from '../../src/primitives/target.js';
import { GENESIS, type HeaderFacts } from './synthetic-header.js';

/** Mean time between blocks that the network aims at, in seconds: mainnet's. */
const SPACING = chainParams('main').consensus.powTargetSpacing;

/** Bits that leave room for a difficulty that falls, and for one that rises: mainnet's first. */
const FIRST_BITS = chainParams('main').genesis.header.bits;

/** What the first header of a chain that retargets says. */
export const FIRST_HEADER: HeaderFacts = { time: GENESIS.time, bits: FIRST_BITS };

/**
 * The difficulty of a chain that adjusts it every `period` blocks, by the node's own rule. Time is counted in mean block
 * times at the first difficulty.
 */
export class Retargeting {
  private readonly params: ConsensusParams;
  private readonly eases = new Map<number, number>([[FIRST_BITS, 1]]);

  /** @param period blocks from one adjustment to the next; infinite for a difficulty that never changes */
  constructor(readonly period: number) {
    const { consensus } = chainParams('main');
    this.params = {
      ...consensus,
      powLimit: chainParams('regtest').consensus.powLimit,
      powNoRetargeting: !Number.isFinite(period),
      powTargetTimespan: Number.isFinite(period) ? SPACING * period : consensus.powTargetTimespan,
    };
  }

  /** The header of a block that is found on top of `prev` at `time`. */
  factsOn(prev: HeaderId, time: number, view: HeaderView): HeaderFacts {
    const seconds = GENESIS.time + Math.floor(time * SPACING);
    return { time: seconds, bits: nextWorkRequired(prev, seconds, view, this.params) };
  }

  /** How many times as easy as the first block the next one on top of `prev` is. */
  easeOn(prev: HeaderId, view: HeaderView): number {
    const bits = nextWorkRequired(prev, view.time(prev), view, this.params);
    const known = this.eases.get(bits);
    if (known !== undefined) return known;
    const ease = Number(decodeCompact(bits).target) / Number(decodeCompact(FIRST_BITS).target);
    this.eases.set(bits, ease);
    return ease;
  }
}
