import type { AttackStory } from '../../state/attack-story.js';
import { plural } from '../../text.js';

/** A thing that happens to the merchant, once it has. */
export interface MerchantStep {
  readonly text: string;
  readonly detail?: string;
  readonly state: 'done' | 'bad' | 'open';
}

/** From the payment to the loss, or to the day that nothing came of it. */
export function merchantSteps(story: AttackStory): MerchantStep[] {
  const { plan, payment, shipped, release, end, warned, calledOff, gaveUp } = story;
  const needed = 'confirmations' in plan.rules ? plan.rules.confirmations : 0;
  const seen = Math.max(0, ...story.blocks.map(({ confirmations }) => confirmations ?? 0));
  const isLost = end?.success === true;
  const steps: MerchantStep[] = [
    { text: 'Payment seen', state: payment === undefined ? 'open' : 'done' },
    {
      text: `${Math.min(seen, needed)} of ${plural(needed, 'confirmation')}`,
      state: seen >= needed && payment !== undefined ? 'done' : 'open',
    },
  ];
  if (warned !== undefined)
    steps.push({ text: 'Warned of the conflict: goods kept', detail: warned.reason, state: 'done' });
  else if (calledOff !== undefined) steps.push({ text: 'Called off: it took too long', state: 'done' });
  else steps.push({ text: 'Goods handed over', state: shipped === undefined ? 'open' : 'done' });
  if (gaveUp !== undefined) {
    steps.push({ text: `Attacker gave up, ${gaveUp.honest - gaveUp.attacker} behind`, state: 'done' });
  } else {
    const blocks = release === undefined ? '' : `${release.honest} blocks out, ${release.attacker} in`;
    steps.push({
      text: 'The other branch appears',
      ...(blocks === '' ? {} : { detail: blocks }),
      state: release === undefined ? 'open' : 'bad',
    });
    steps.push({
      text: end !== undefined && !isLost ? 'The payment stands' : 'Payment gone, goods gone',
      state: end === undefined ? 'open' : isLost ? 'bad' : 'done',
    });
  }
  return steps;
}
