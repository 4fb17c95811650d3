import { useState } from 'preact/hooks';

interface ConditionFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly hint?: string;
  readonly value: number;
  /** How far the slider goes; the number may be greater. */
  readonly slide: number;
  readonly max: number;
  /** When it was let go, or entered. */
  readonly onChange: (value: number) => void;
}

/** A number with a slider beside it. Follows what the lab tells, unless it is being moved. */
export function ConditionField({ label, unit, hint, value, slide, max, onChange }: ConditionFieldProps) {
  const [told, setTold] = useState(value);
  const [shown, setShown] = useState(value);
  // At once, not in an effect: that would come after what is typed meanwhile.
  if (told !== value) {
    setTold(value);
    setShown(value);
  }
  const commit = (next: number): void => {
    if (Number.isFinite(next) && next !== value) onChange(next);
  };
  const name = `${label} in ${unit}`;
  return (
    <div class="condition">
      <span class="label">
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
      <input
        type="range"
        aria-label={`${name}, slider`}
        min="0"
        max={slide}
        step={slide / 100}
        value={Math.min(shown, slide)}
        onInput={event => setShown(event.currentTarget.valueAsNumber)}
        onChange={event => commit(event.currentTarget.valueAsNumber)}
      />
      <input
        type="number"
        aria-label={name}
        min="0"
        max={max}
        step="any"
        value={shown}
        onInput={event => setShown(event.currentTarget.valueAsNumber)}
        onChange={event => commit(event.currentTarget.valueAsNumber)}
      />
      <span class="unit">{unit}</span>
    </div>
  );
}
