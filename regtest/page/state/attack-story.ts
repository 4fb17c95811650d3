import type { AttackEvent, Casting, FoundBlock } from '../../attacks/attack-event.js';
import type { AttackPlan } from '../../attacks/attack-plan.js';

/** What an attack has come to so far, put together from what it told. */
export interface AttackStory {
  readonly plan: AttackPlan;
  readonly roles: readonly Casting[];
  readonly theory: number;
  readonly blocks: readonly FoundBlock[];
  readonly payment?: Told<'payment'>;
  readonly split?: Told<'split'>;
  readonly shipped?: Told<'shipped'>;
  readonly warned?: Told<'warned'>;
  readonly calledOff?: Told<'called off'>;
  readonly release?: Told<'release'>;
  readonly gaveUp?: Told<'give up'>;
  readonly refused: readonly Told<'refused'>[];
  /** Blocks of others that were replaced. */
  readonly orphaned: number;
  readonly adjustments: readonly Told<'adjustment'>[];
  readonly isHealed: boolean;
  readonly end?: Told<'end'>;
  readonly stopped?: Told<'stopped'>;
}

type Told<T extends AttackEvent['type']> = Extract<AttackEvent, { readonly type: T }>;

/** @returns undefined when the beginning was not seen */
export function attackStory(events: readonly AttackEvent[]): AttackStory | undefined {
  const start = last(events, 'start');
  if (start === undefined) return undefined;
  const some = <T extends AttackEvent['type'], K extends string>(key: K, type: T) => {
    const event = last(events, type);
    return event === undefined ? {} : ({ [key]: event } as { readonly [P in K]: Told<T> });
  };
  return {
    plan: start.plan,
    roles: start.roles,
    theory: start.theory,
    blocks: all(events, 'block'),
    refused: all(events, 'refused'),
    orphaned: all(events, 'orphaned').reduce((sum, { hashes }) => sum + hashes.length, 0),
    adjustments: all(events, 'adjustment'),
    isHealed: last(events, 'heal') !== undefined,
    ...some('payment', 'payment'),
    ...some('split', 'split'),
    ...some('shipped', 'shipped'),
    ...some('warned', 'warned'),
    ...some('calledOff', 'called off'),
    ...some('release', 'release'),
    ...some('gaveUp', 'give up'),
    ...some('end', 'end'),
    ...some('stopped', 'stopped'),
  };
}

/** True for the side that is on the attacker's row: his own blocks, and in a partition those of the first side. */
export function isOfAttacker(
  { roles }: Pick<AttackStory, 'roles'>,
  { node }: Pick<FoundBlock, 'node'>,
): boolean {
  const role = roles.find(casting => casting.node === node)?.role;
  return role === 'attacker' || role === 'first side';
}

function all<T extends AttackEvent['type']>(events: readonly AttackEvent[], type: T): Told<T>[] {
  return events.filter((event): event is Told<T> => event.type === type);
}

function last<T extends AttackEvent['type']>(events: readonly AttackEvent[], type: T): Told<T> | undefined {
  return events.findLast((event): event is Told<T> => event.type === type);
}
