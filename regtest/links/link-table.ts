import { EventEmitter } from 'node:events';
import { Random } from '../random.js';
import { link as pairOf } from '../topology.js';
import { checkedConditions, type LinkConditions, PERFECT_LINK } from './conditions.js';

/** Two nodes by number, the lower one first, and what lies between them. */
export interface LinkState {
  readonly nodes: readonly [number, number];
  readonly conditions: LinkConditions;
}

interface LinkEvents {
  /** From now on this holds; connections over a link that went down are to be broken. */
  changed: [link: LinkState];
}

/**
 * The conditions between all pairs of nodes; perfect where none were set. Whatever carries connections asks here for each
 * piece of data, so a change takes effect at once.
 */
export class LinkTable {
  readonly events = new EventEmitter<LinkEvents>();
  private readonly states = new Map<string, LinkState>();
  private readonly seeds: Random;

  /** @param seed decides jitter and losses, together with the order in which connections are made */
  constructor(seed: number) {
    this.seeds = new Random(seed);
    this.events.setMaxListeners(0);
  }

  between(a: number, b: number): LinkConditions {
    return this.states.get(keyOf(a, b))?.conditions ?? PERFECT_LINK;
  }

  /**
   * Changes some of the conditions between two nodes; the others stay.
   *
   * @throws RangeError when a number makes no sense
   */
  set(a: number, b: number, changes: Partial<LinkConditions>): LinkConditions {
    const conditions = checkedConditions({ ...this.between(a, b), ...changes });
    const state = { nodes: pairOf(a, b), conditions };
    this.states.set(keyOf(a, b), state);
    this.events.emit('changed', state);
    return conditions;
  }

  /** All links whose conditions were ever set. */
  list(): readonly LinkState[] {
    return [...this.states.values()];
  }

  /** Gives links the conditions listed, and all others perfect ones. */
  reset(states: readonly LinkState[]): void {
    const wanted = new Map(states.map(({ nodes: [a, b], conditions }) => [keyOf(a, b), conditions]));
    for (const {
      nodes: [a, b],
    } of this.list())
      if (!wanted.has(keyOf(a, b))) this.set(a, b, PERFECT_LINK);
    for (const {
      nodes: [a, b],
      conditions,
    } of states)
      this.set(a, b, conditions);
  }

  /** A generator for one direction of the next connection. */
  nextRandom(): Random {
    return new Random(this.seeds.uint32());
  }
}

function keyOf(a: number, b: number): string {
  return pairOf(a, b).join(' ');
}
