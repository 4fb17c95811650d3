import type { FoundBlock } from '../../attacks/attack-event.js';
import { type AttackStory, isOfAttacker } from '../state/attack-story.js';

/** A block of a race: columns begin at 1. */
export interface PlacedFind {
  readonly block: FoundBlock;
  readonly row: 'honest' | 'attacker';
  readonly column: number;
  /** The branch that lost it has been left by everybody. */
  readonly isLost: boolean;
}

/**
 * Places the blocks of an attack in two rows. Where two branches race from one fork, a column is a place in the branch;
 * where forks come and go, it is the order in which blocks were found.
 */
export function layoutRace(story: AttackStory): readonly PlacedFind[] {
  const { kind } = story.plan;
  const isOneRace = kind === 'double-spend' || kind === 'eclipse' || kind === 'partition';
  const loser = losingRow(story);
  return story.blocks.map((block, index) => {
    const row = isOfAttacker(story, block) ? 'attacker' : 'honest';
    const column = isOneRace ? block[row] : index + 1;
    return { block, row, column, isLost: isOneRace && row === loser };
  });
}

/** The row whose branch was given up in the end; undefined while it is open. */
function losingRow({ end, blocks }: AttackStory): PlacedFind['row'] | undefined {
  const last = blocks.at(-1);
  if (end === undefined || last === undefined) return undefined;
  return last.attacker > last.honest ? 'honest' : 'attacker';
}
