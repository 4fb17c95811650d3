import { type AttackPlan, planAttack } from '../../../attacks/attack-plan.js';
import { expectedAccount } from '../../../attacks/money.js';
import { agrees, type Figure } from '../../../trials/figures.js';
import type { Trials } from '../../api/trials.js';
import { count, percent } from '../../text.js';
import { Gauge } from '../../ui/gauge.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { requestOf } from './attack-fields.js';
import type { AttackChoice } from './attack-form.js';
import { DepthChart } from './depth-chart.js';
import { SweepChart } from './sweep-chart.js';
import { type SweepResult, useTrials } from './use-trials.js';

/** Of each place; some seconds for all of them. */
const DEFAULT_TRIALS = 20_000;

/** The attack of the form many times over on headers alone, against what theory says. */
export function TrialsPanel({ choice }: { readonly choice: AttackChoice }) {
  const { result, outcome, isBusy, start, stop } = useTrials();
  return (
    <div class="live">
      <section class="panel" aria-label="Trials">
        <form
          class="row"
          onSubmit={event => {
            event.preventDefault();
            start(choice, Number(new FormData(event.currentTarget).get('trials')));
          }}
        >
          <label>
            Trials at each place
            <input
              name="trials"
              type="number"
              min="1"
              step="1"
              defaultValue={String(DEFAULT_TRIALS)}
              required
            />
          </label>
          <button type="submit" class="primary" disabled={isBusy}>
            Run trials
          </button>
          <button type="button" disabled={!isBusy} onClick={stop}>
            Stop
          </button>
          <OutcomeText outcome={outcome} />
        </form>
        {result?.own !== undefined && <Headline trials={result.own} what={result.sweep.outcome} />}
        {result === undefined && (
          <p class="note">
            Runs the attack of the form on headers alone, with the nodes’ own choice of the best chain, at
            this place and at those around it. Nothing of it touches the lab.
          </p>
        )}
      </section>
      {result !== undefined && <Results result={result} />}
    </div>
  );
}

function Headline({ trials, what }: { readonly trials: Trials; readonly what: string }) {
  const { rate, low, high, theory } = trials;
  const isInside = low <= theory && theory <= high;
  return (
    <dl class="readings">
      <Gauge name={what} value={percent(rate)} />
      <Gauge name="99 % interval" value={`${percent(low)} to ${percent(high)}`} />
      <Gauge name="Theory" value={percent(theory)} />
      <Gauge name="Theory is" value={isInside ? 'inside' : 'outside'} tone={isInside ? 'good' : 'bad'} />
      <Gauge name="Trials" value={count(trials.trials)} />
      <Gauge name="Seed" value={String(trials.seed)} />
    </dl>
  );
}

function Results({ result }: { readonly result: SweepResult }) {
  const { own, choice } = result;
  const plan = planAttack(requestOf(choice.kind, choice.values, 'live'), 'live');
  return (
    <>
      <section class="panel" aria-labelledby="sweep-title">
        <h2 id="sweep-title">
          By {result.sweep.label}: {result.sweep.outcome}
        </h2>
        <SweepChart result={result} />
      </section>
      <div class="columns two">
        {own?.depths !== undefined && (
          <section class="panel" aria-labelledby="depths-title">
            <h2 id="depths-title">Blocks that the losing side undoes</h2>
            <DepthChart depths={own.depths} trials={own.trials} />
          </section>
        )}
        {own !== undefined && <Figures figures={own.figures} />}
        <Money plan={plan} />
      </div>
    </>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <section class="panel" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Measured
            </th>
            <th scope="col" class="number">
              99 % interval
            </th>
            <th scope="col" class="number">
              Theory
            </th>
            <th scope="col">Theory is</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(figure => (
            <tr key={figure.name}>
              <td>{figure.what}</td>
              <td class="number">{inUnit(figure, figure.measured)}</td>
              <td class="number">
                {inUnit(figure, figure.low)} to {inUnit(figure, figure.high)}
              </td>
              <td class="number">{figure.theory === undefined ? '–' : inUnit(figure, figure.theory)}</td>
              <td>
                {figure.theory !== undefined && (
                  <span class={`tag ${agrees(figure) ? 'good' : 'bad'}`}>
                    {agrees(figure) ? 'inside' : 'outside'}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function inUnit({ unit }: Figure, value: number): string {
  return unit === 'share' ? percent(value) : value.toFixed(3);
}

/** What an attempt costs and brings on average; only where something was said of money. */
function Money({ plan }: { readonly plan: AttackPlan }) {
  if (plan.kind !== 'double-spend' || plan.money === undefined) return null;
  const account = expectedAccount(plan.rules, plan.money);
  const rows: readonly (readonly [string, string])[] = [
    ['Cost of hash', money(account.cost)],
    ['Rewards', money(account.rewards)],
    ['Loot', money(account.loot)],
    ['Profit', money(account.profit)],
    ['Pays from', account.breakEvenValue === null ? 'never' : `${money(account.breakEvenValue)} at stake`],
    [
      'A loss from',
      account.breakEvenConfirmations === null
        ? 'no number of confirmations'
        : `${account.breakEvenConfirmations} confirmations`,
    ],
  ];
  return (
    <section class="panel" aria-labelledby="money-title">
      <h2 id="money-title">Money, mean of one attempt</h2>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function money(amount: number): string {
  return amount.toLocaleString('en', { maximumFractionDigits: Math.abs(amount) < 100 ? 2 : 0 });
}
