import { useState } from 'preact/hooks';
import type { MiningPlan } from '../../mining/plan.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

const KINDS: readonly { readonly kind: MiningPlan['kind']; readonly text: string }[] = [
  { kind: 'off', text: 'Only when asked for' },
  { kind: 'transaction', text: 'A block for each transaction' },
  { kind: 'interval', text: 'At fixed intervals' },
  { kind: 'clocks', text: 'At random, like real miners' },
  { kind: 'work', text: 'Real proof of work' },
];

/** Said in as few words as fit. */
export function planText(plan: MiningPlan): string {
  switch (plan.kind) {
    case 'off':
      return 'off';
    case 'transaction':
      return 'per transaction';
    case 'interval':
      return `every ${plan.seconds} s`;
    case 'clocks':
      return `mean ${plan.meanSeconds} s`;
    case 'work':
      return 'proof of work';
  }
}

/** When blocks come by themselves, and who finds them. */
export function MiningMenu({ plan }: { readonly plan: MiningPlan }) {
  const { outcome, isBusy, run, refuse } = useCommand();
  const [kind, setKind] = useState<MiningPlan['kind']>(plan.kind);
  const hasShares = kind === 'interval' || kind === 'clocks' || kind === 'work';
  const submit = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const shares = parseShares(String(fields.get('shares') ?? ''));
    if (shares === undefined) refuse('Hash shares are numbers, one for each node: 3, 1, 1');
    else
      void run(
        'mining',
        { plan: planOf(kind, Number(fields.get('seconds')), shares) },
        () => 'Mining as told.',
      );
  };
  return (
    <GaugeMenu name="Mining" value={planText(plan)}>
      <form
        onSubmit={event => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <fieldset class="choices" disabled={isBusy}>
          <legend>Blocks come</legend>
          {KINDS.map(choice => (
            <label key={choice.kind}>
              <input
                type="radio"
                name="kind"
                checked={kind === choice.kind}
                onChange={() => setKind(choice.kind)}
              />
              {choice.text}
            </label>
          ))}
        </fieldset>
        <div class="row">
          {(kind === 'interval' || kind === 'clocks') && (
            <label>
              {kind === 'interval' ? 'Seconds' : 'Mean seconds'}
              <input name="seconds" type="number" min="0.1" step="any" defaultValue="10" required />
            </label>
          )}
          {hasShares && (
            <label class="grow">
              Hash shares by node
              <input name="shares" placeholder="all equal" autocomplete="off" />
            </label>
          )}
          <button type="submit" class="primary" disabled={isBusy}>
            Apply
          </button>
        </div>
      </form>
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}

/** Numbers between commas or spaces; an empty list when there are none, undefined when something else is there. */
export function parseShares(text: string): number[] | undefined {
  const shares = text.split(/[\s,]+/).filter(part => part !== '');
  const numbers = shares.map(Number);
  return numbers.every(share => Number.isFinite(share) && share >= 0) ? numbers : undefined;
}

function planOf(kind: MiningPlan['kind'], seconds: number, shares: readonly number[]): MiningPlan {
  const some = shares.length === 0 ? {} : { shares };
  switch (kind) {
    case 'interval':
      return { kind, seconds, ...some };
    case 'clocks':
      return { kind, meanSeconds: seconds, ...some };
    case 'work':
      return { kind, ...some };
    default:
      return { kind };
  }
}
