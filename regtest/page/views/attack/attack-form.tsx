import { useId } from 'preact/hooks';
import { ATTACK_KINDS, type AttackKind } from '../../../attack-kinds.js';
import { DEFAULT_HASHRATES } from '../../../attacks/attack-plan.js';
import { contradiction } from '../../../attacks/attack-request.js';
import { PRESETS } from '../../../presets.js';
import { usePage } from '../../ui/context.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { useCommand } from '../../ui/use-command.js';
import {
  type FieldName,
  type FieldSpec,
  type FieldValues,
  fieldsOf,
  inPercent,
  KIND_TITLES,
  labelOf,
  presetValues,
  requestOf,
} from './attack-fields.js';

/** What stands in the form. */
export interface AttackChoice {
  readonly kind: AttackKind;
  /** Empty for none. */
  readonly preset: string;
  readonly values: FieldValues;
}

export const FIRST_CHOICE: AttackChoice = choiceOf('double-spend');

function choiceOf(kind: AttackKind): AttackChoice {
  return { kind, preset: '', values: { hashrate: inPercent(DEFAULT_HASHRATES[kind]) } };
}

interface AttackFormProps {
  readonly choice: AttackChoice;
  readonly onChoice: (choice: AttackChoice) => void;
  readonly isRunning: boolean;
}

/** Which attack, with which rules; starts and stops it on the nodes. */
export function AttackForm({ choice, onChoice, isRunning }: AttackFormProps) {
  const { kind, preset, values } = choice;
  const { store } = usePage();
  const { outcome, isBusy, run, refuse } = useCommand();
  const stopping = useCommand();
  const start = async (): Promise<void> => {
    const request = requestOf(kind, values, 'live');
    const wrong = contradiction(request, 'live', labelOf);
    if (wrong !== undefined) return refuse(`${wrong}.`);
    store.setAttackOutcome(undefined);
    const result = await run('attack', request, ({ outcome: word }) => `Ended: ${word}.`);
    if (result !== undefined) store.setAttackOutcome(result);
  };
  const set = (name: FieldName, value: string) =>
    onChoice({ ...choice, values: { ...values, [name]: value } });
  const fields = fieldsOf(kind).filter(({ name }) => name !== 'preMined' || values.mode === 'pre-mined');
  return (
    <form
      class="panel attack-form"
      aria-label="Attack"
      onSubmit={event => {
        event.preventDefault();
        void start();
      }}
    >
      <div class="row">
        <label>
          Kind
          <select
            value={kind}
            onChange={event =>
              onChoice(choiceOf(ATTACK_KINDS.find(k => k === event.currentTarget.value) ?? kind))
            }
          >
            {ATTACK_KINDS.map(name => (
              <option key={name} value={name}>
                {KIND_TITLES[name]}
              </option>
            ))}
          </select>
        </label>
        <Preset choice={choice} onChoice={onChoice} />
      </div>
      {preset !== '' && <Facts preset={preset} />}
      <Section
        title="Attack"
        fields={fields.filter(({ section }) => section === 'attack')}
        values={values}
        set={set}
      />
      <Section
        title="Defences"
        fields={fields.filter(({ section }) => section === 'defences')}
        values={values}
        set={set}
      />
      <Section
        title="Money"
        fields={fields.filter(({ section }) => section === 'money')}
        values={values}
        set={set}
      />
      <div class="row">
        <button type="submit" class="primary grow" disabled={isBusy || isRunning}>
          {isRunning || isBusy ? 'Attack goes on' : 'Attack these nodes'}
        </button>
        <button
          type="button"
          disabled={!isRunning && !isBusy}
          onClick={() => void stopping.run('stopAttack', {}, () => 'Stopped.')}
        >
          Stop
        </button>
      </div>
      <OutcomeText outcome={stopping.outcome?.kind === 'error' ? stopping.outcome : outcome} />
    </form>
  );
}

function Preset({
  choice,
  onChoice,
}: {
  readonly choice: AttackChoice;
  readonly onChoice: (choice: AttackChoice) => void;
}) {
  const fitting = Object.entries(PRESETS).filter(([, preset]) => preset.kind === choice.kind);
  if (fitting.length === 0) return null;
  return (
    <label>
      Taken from
      <select
        value={choice.preset}
        onChange={({ currentTarget: { value } }) =>
          onChoice(
            value === '' ? choiceOf(choice.kind) : { ...choice, preset: value, values: presetValues(value) },
          )
        }
      >
        <option value="">nothing</option>
        {fitting.map(([name, preset]) => (
          <option key={name} value={name}>
            {preset.title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Facts({ preset }: { readonly preset: string }) {
  const { facts, assumptions } = PRESETS[preset] ?? { facts: [], assumptions: [] };
  return (
    <ul class="facts-list">
      {facts.map(fact => (
        <li key={fact}>{fact}</li>
      ))}
      {assumptions.map(assumption => (
        <li key={assumption} class="note">
          Assumed: {assumption}
        </li>
      ))}
    </ul>
  );
}

interface SectionProps {
  readonly title: string;
  readonly fields: readonly FieldSpec[];
  readonly values: FieldValues;
  readonly set: (name: FieldName, value: string) => void;
}

function Section({ title, fields, values, set }: SectionProps) {
  if (fields.length === 0) return null;
  return (
    <fieldset class="fields">
      <legend class={title === 'Attack' ? 'hidden' : ''}>{title}</legend>
      {fields.map(field => (
        <Field key={field.name} field={field} value={values[field.name] ?? ''} set={set} />
      ))}
    </fieldset>
  );
}

function Field({
  field,
  value,
  set,
}: {
  readonly field: FieldSpec;
  readonly value: string;
  readonly set: SectionProps['set'];
}) {
  const { name, label, input, choices = [], placeholder } = field;
  const id = useId();
  if (input === 'check') {
    return (
      <label class="inline">
        <input
          type="checkbox"
          checked={value !== ''}
          onChange={event => set(name, event.currentTarget.checked ? 'true' : '')}
        />
        {label}
      </label>
    );
  }
  return (
    <div class="field">
      <label for={id}>
        {label}
        {input === 'share' && ', %'}
      </label>
      {input === 'choice' ? (
        <select id={id} value={value} onChange={event => set(name, event.currentTarget.value)}>
          {choices.map(choice => (
            <option key={choice} value={choice === choices[0] ? '' : choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="number"
          step="any"
          min="0"
          value={value}
          placeholder={placeholder}
          onInput={event => set(name, event.currentTarget.value)}
        />
      )}
    </div>
  );
}
