import type { AttackOutcome } from '../../../attacks/attack-outcome.js';
import type { AttackStory } from '../../state/attack-story.js';
import { bitcoins, shortHash } from '../../text.js';
import { hrefOf } from '../../ui/router.js';
import { merchantSteps } from './merchant-steps.js';

interface MerchantViewProps {
  readonly story: AttackStory;
  readonly outcome: AttackOutcome | undefined;
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
