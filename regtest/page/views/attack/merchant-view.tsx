import type { AttackOutcome } from '../../../attacks/attack-outcome.js';
import type { AttackStory } from '../../state/attack-story.js';
import { bitcoins, plural, shortHash } from '../../text.js';
import { hrefOf } from '../../ui/router.js';

interface MerchantViewProps {
  readonly story: AttackStory;
  readonly outcome: AttackOutcome | undefined;
}

/** A thing that happens to the merchant, once it has. */
interface Step {
  readonly text: string;
  readonly detail?: string;
  readonly state: 'done' | 'bad' | 'open';
}

/** The attack as the merchant lives through it. */
export function MerchantView({ story, outcome }: MerchantViewProps) {
  const { payment } = story;
  if (payment === undefined) return null;
  return (
    <section class="panel" aria-labelledby="merchant-title">
      <h2 id="merchant-title">The merchant</h2>
      <ol class="steps">
        {merchantSteps(story).map(({ text, detail, state }) => (
          <li key={text} class={state}>
            {text}
            {detail !== undefined && <small>{detail}</small>}
          </li>
        ))}
      </ol>
      <dl class="facts">
        <dt>Payment</dt>
        <dd>
          <TxLink txid={payment.txid} /> <small>{bitcoins(payment.amount)}</small>
        </dd>
        <dt>Conflict</dt>
        <dd>
          <TxLink txid={payment.conflictTxid} /> <small>the same coins, back to the attacker</small>
        </dd>
      </dl>
      {outcome !== undefined && 'merchant' in outcome && <Balances outcome={outcome} />}
    </section>
  );
}

function TxLink({ txid }: { readonly txid: string }) {
  return (
    <a class="hash" href={hrefOf({ view: 'tx', id: txid })}>
      {shortHash(txid, 10, 6)}
    </a>
  );
}

/** From the payment to the loss, or to the day that nothing came of it. */
export function merchantSteps(story: AttackStory): Step[] {
  const { plan, payment, shipped, release, end, warned, calledOff, gaveUp } = story;
  const needed = 'confirmations' in plan.rules ? plan.rules.confirmations : 0;
  const seen = Math.max(0, ...story.blocks.map(({ confirmations }) => confirmations ?? 0));
  const isLost = end?.success === true;
  const steps: Step[] = [
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

function Balances({ outcome }: { readonly outcome: Extract<AttackOutcome, { readonly merchant: unknown }> }) {
  const rows = [
    { who: 'Merchant', change: outcome.merchant },
    { who: 'Attacker', change: outcome.attacker },
  ];
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">BTC</th>
          <th scope="col" class="number">
            Before
          </th>
          <th scope="col" class="number">
            Shipped
          </th>
          <th scope="col" class="number">
            After
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ who, change }) => (
          <tr key={who}>
            <th scope="row">{who}</th>
            <td class="number">{change.before.toFixed(4)}</td>
            <td class="number">{change.shipped?.toFixed(4) ?? '–'}</td>
            <td class="number">{change.after.toFixed(4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
